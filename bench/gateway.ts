import { parseArgs } from 'node:util';
import { createConnection, Schema, type Connection, type InferSchemaType, type Model } from 'mongoose';

// Compares two MongoDB servers through Mongoose, in alternating slices of one run: by default the same one twice.
//   node build/bench/gateway.js --uri mongodb://... [--vs mongodb://...] [--slice-ms 100] [--rounds 40]
const { values } = parseArgs({
  options: {
    uri: { type: 'string' },
    vs: { type: 'string' },
    'slice-ms': { type: 'string', default: '100' },
    rounds: { type: 'string', default: '40' },
  },
});

const IN_FLIGHT = 16;
const ROWS = 60_000;
const BLOCK = 3_000;
const KNOWN = 1_000;
const WARM_UP = 12;

const rowSchema = new Schema({
  code: { type: Number, required: true },
  email: { type: String, required: true },
  isDeleted: { type: Boolean, required: true },
  createdAt: { type: Date, required: true },
});
type Row = InferSchemaType<typeof rowSchema>;

interface Side {
  readonly name: 'ours' | 'theirs';
  readonly connection: Connection;
  readonly rows: Model<Row>;
  readonly fresh: Model<Row>;
  readonly ids: readonly unknown[];
}

type Work = (side: Side, i: number) => Promise<unknown>;

const works: readonly [string, Work][] = [
  ['findOne by _id', (side, i) => side.rows.findById(side.ids[i % KNOWN]).lean()],
  ['findOne by unique field', (side, i) => side.rows.findOne({ code: (i * 7) % ROWS }).lean()],
  [
    'sorted list of 20',
    (side) => side.rows.find({ isDeleted: false }).sort({ createdAt: -1, _id: -1 }).limit(20).lean(),
  ],
  ['insertOne', (side, i) => side.fresh.create(row(i))],
];

function row(i: number): Row {
  return {
    code: i,
    email: `user${i}@example.org`,
    isDeleted: false,
    createdAt: new Date(1.7e12 + i * 1_000),
  };
}

async function open(name: Side['name'], uri: string): Promise<Side> {
  const connection = await createConnection(uri, {
    dbName: `bench_gateway_${name}`,
    maxPoolSize: IN_FLIGHT,
  }).asPromise();
  await connection.dropDatabase();
  const rows = connection.model<Row>('row', rowSchema);
  const fresh = connection.model<Row>('fresh', rowSchema);
  await fresh.createCollection();
  await rows.createCollection();
  await rows.collection.createIndexes([
    { key: { code: 1 }, unique: true },
    { key: { isDeleted: 1, createdAt: -1, _id: -1 } },
  ]);
  for (let at = 0; at < ROWS; at += BLOCK) {
    await rows.collection.insertMany(Array.from({ length: BLOCK }, (_, i) => row(at + i)));
  }
  const known = await rows.find({ code: { $lt: KNOWN } }).lean();
  return { name, connection, rows, fresh, ids: known.map(({ _id }) => _id) };
}

/** Runs `work` with IN_FLIGHT at a time for `ms` milliseconds; answers how many were done a second. */
async function slice(side: Side, work: Work, ms: number): Promise<number> {
  let done = 0;
  const start = performance.now();
  const lane = async (): Promise<void> => {
    while (performance.now() - start < ms) await work(side, done++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (done / (performance.now() - start)) * 1_000;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** The median of the ratios of slices that ran one right after the other: what else the machine does cancels out. */
function ratio(mine: readonly number[], other: readonly number[]): string {
  return median(mine.map((rate, round) => rate / (other[round] ?? Number.NaN))).toFixed(2);
}

const uri = values.uri;
if (uri === undefined) throw new Error('--uri names the server to measure');
const ms = Number(values['slice-ms']);
const rounds = Number(values.rounds);
const ours = await open('ours', uri);
const theirs = values.vs === undefined ? null : await open('theirs', values.vs);
const sides = theirs === null ? [ours] : [ours, theirs];

/** How much of one processor this process took while it waited for a side: near 1, it is the client that is measured. */
const busy: Record<Side['name'], number[]> = { ours: [], theirs: [] };
const measured = new Map<string, Record<Side['name'], number[]>>();
for (const [name, work] of works) {
  const rates: Record<Side['name'], number[]> = { ours: [], theirs: [] };
  // The first rounds only warm up. Who comes first alternates.
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = process.cpuUsage();
      const start = performance.now();
      const rate = await slice(side, work, ms);
      if (round < 0) continue;
      const { user, system } = process.cpuUsage(before);
      busy[side.name].push((user + system) / 1_000 / (performance.now() - start));
      rates[side.name].push(rate);
    }
  }
  measured.set(name, rates);
}

const unique = measured.get('findOne by unique field')?.ours ?? [];
console.table(
  [...measured].map(([operation, { ours: mine, theirs: other }]) => ({
    operation,
    'ours/s': Math.round(median(mine)),
    ...(other.length > 0 && { 'theirs/s': Math.round(median(other)), ratio: ratio(mine, other) }),
    'times a findOne by unique field': ratio(unique, mine),
  })),
);
const shares = sides.map(({ name }) => `${name} ${median(busy[name]).toFixed(2)}`);
console.log(`Of one processor the client itself took: ${shares.join(', ')}. Near 1 it bounds the ratio.`);
for (const { connection } of sides) {
  await connection.dropDatabase();
  await connection.close();
}
