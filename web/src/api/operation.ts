import type { paths } from './schema';

/** The bounds of one field, as the API documents them. */
export type Bounds = {
  required?: true;
  min?: number;
  max?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  oneOf?: readonly string[];
};

/** A change that can be asked for. See operations.ts. */
export type Operation = {
  readonly name: string;
  readonly method: 'post';
  readonly path: keyof paths;
  readonly bounds: Readonly<Record<string, Bounds>>;
};

type Said<O extends Operation> = paths[O['path']] extends { post: infer Post } ? Post : never;

/** A body that may be left out counts as one: what may be said in it is said all the same. */
export type BodyOf<O extends Operation> =
  Said<O> extends { requestBody?: infer Asked }
    ? [NonNullable<Asked>] extends [never]
      ? undefined
      : NonNullable<Asked> extends { content: { 'application/json': infer Body } }
        ? Body
        : undefined
    : undefined;

export type PathOf<O extends Operation> = Said<O> extends { parameters: { path: infer Path } } ? Path : undefined;

export type AnswerOf<O extends Operation> =
  Said<O> extends { responses: infer All }
    ? { [Status in keyof All]: Status extends 200 | 201 | 202 ? All[Status] : never }[keyof All] extends infer Good
      ? Good extends { content: { 'application/json': infer Answer } }
        ? Answer
        : never
      : never
    : never;
