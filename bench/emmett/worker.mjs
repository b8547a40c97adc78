// A process that appends with Emmett when it is told to; the words are those of bench/worker.py.
// In the way that favours it: the caller keeps the version, so a stream is never read before an append.

import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const EVENTS_A_STREAM = 20;
const WARM = 30;

const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\n');
const seconds = () => Number(process.hrtime.bigint()) / 1e9;

/** An event whose type, data and metadata have as many bytes as our kind, state, meta and link. */
function eventOf(order) {
  const { data, metadata } = order;
  const event = { type: 'ParcelScanned', data, metadata };
  const size = () => event.type.length + JSON.stringify(data).length + JSON.stringify(metadata).length;
  data.remark = data.remark.padEnd(data.remark.length + order.payload - size(), '.');
  if (size() !== order.payload) throw new Error(`the event has ${size()} bytes, not ${order.payload}`);
  return event;
}

/** One promise's step: the next event of its stream, or the first one of the next stream. */
function stepOf(store, event) {
  let stream = null, version = 'STREAM_DOES_NOT_EXIST', written = 0;
  return async () => {
    if (written % EVENTS_A_STREAM === 0) {
      stream = `parcel-${randomUUID()}`;
      version = 'STREAM_DOES_NOT_EXIST';
    }
    const done = await store.appendToStream(stream, [event], { expectedStreamVersion: version });
    version = done.nextExpectedStreamVersion;
    written += 1;
  };
}

async function turn(steps, asked) {
  await pause(asked.in * 1000);
  const began = seconds(), until = began + asked.seconds;
  const counts = await Promise.all(steps.map(async (step) => {
    let count = 0;
    while (seconds() < until) {
      await step();
      count += 1;
    }
    return count;
  }));
  return { stored: counts.reduce((sum, count) => sum + count, 0), seconds: seconds() - began };
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const order = JSON.parse((await lines.next()).value);
const pool = new pg.Pool({ ...order.connection, max: order.threads });
const store = getPostgreSQLEventStore('postgresql://', { connectionOptions: { pool } });
await store.schema.migrate();
const event = eventOf(order);
const steps = Array.from({ length: order.threads }, () => stepOf(store, event));
await Promise.all(steps.map(async (step) => {
  for (let warm = 0; warm < WARM; warm += 1) await step();
}));
say({ ready: true });
for await (const line of lines) say(await turn(steps, JSON.parse(line)));
await pool.end();
process.exit(0);
