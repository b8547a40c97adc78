/** The API as types (schema.d.ts) and its commands with the bounds of their fields (operations.ts). `--check` only compares. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const source = resolve(root, '../docs/openapi.json');
const document = JSON.parse(readFileSync(source, 'utf8'));
const BANNER = '/* Generated from docs/openapi.json by `npm run api`; do not edit. */\n';

type Schema = {
  $ref?: string;
  anyOf?: Schema[];
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  [key: string]: unknown;
};
type Bounds = Record<string, unknown>;

const KEPT = {
  minimum: 'min',
  maximum: 'max',
  minLength: 'minLength',
  maxLength: 'maxLength',
  pattern: 'pattern',
  enum: 'oneOf',
} as const;

function types(): string {
  const cli = resolve(root, 'tools/openapi/node_modules/openapi-typescript/bin/cli.js');
  // The types are more than the megabyte that Node takes by itself.
  const maxBuffer = 32 * 1024 * 1024;
  return execFileSync(process.execPath, [cli, source], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer,
  });
}

function follow(schema: Schema): Schema {
  if (schema.$ref) return follow(document.components.schemas[schema.$ref.split('/').pop() as string]);
  const real = schema.anyOf?.filter((each) => each.type !== 'null');
  if (real?.length === 1) return { ...follow(real[0] as Schema), nullable: true };
  return schema;
}

function boundsOf(schema: Schema, required: boolean, path = ''): Record<string, Bounds> {
  const found = follow(schema);
  if (found.properties) {
    return Object.assign(
      {},
      ...Object.entries(found.properties).map(([name, field]) =>
        boundsOf(field, required && (found.required ?? []).includes(name), path ? `${path}.${name}` : name),
      ),
    );
  }
  const kept: Bounds = {};
  if (required && !found.nullable) kept.required = true;
  for (const [from, to] of Object.entries(KEPT)) if (found[from] !== undefined) kept[to] = found[from];
  return path && Object.keys(kept).length ? { [path]: kept } : {};
}

function operations(): string {
  const lines = [
    BANNER.trim(),
    "import type { Operation } from './operation';",
    '',
    '/** Every change that can be asked for: where it is sent, and the bounds of what is typed, by field. */',
  ];
  for (const [path, methods] of Object.entries<
    Record<string, Schema & { operationId: string; requestBody?: { content: Record<string, { schema: Schema }> } }>
  >(document.paths)) {
    for (const [method, said] of Object.entries(methods)) {
      if (method === 'get') continue;
      const schema = said.requestBody?.content['application/json']?.schema;
      const bounds = schema ? boundsOf(schema, true) : {};
      const facts = { name: said.operationId, method, path, bounds };
      lines.push(`export const ${said.operationId} = ${JSON.stringify(facts)} as const satisfies Operation;`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const made = { 'src/api/schema.d.ts': BANNER + types(), 'src/api/operations.ts': operations() };
let stale = 0;
for (const [name, text] of Object.entries(made)) {
  const file = resolve(root, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} is not what docs/openapi.json says: run npm run api`);
    stale = 1;
  } else writeFileSync(file, text);
}
process.exit(stale);
