import { randomBytes } from 'node:crypto';
import { MongoClient, ObjectId, type Collection, type Document } from 'mongodb';

// The driver alone, over the data of our API: what its routes are held against. It is asked over its channel for slices
// and for readings, one at a time. MONGODB_URI names the server; POOL is the size that the API's pool has.

interface Asked {
  readonly work: 'list' | 'insert' | 'read';
  readonly database: string;
  /** For list and insert. */
  readonly seconds?: number;
  readonly inFlight?: number;
}

const pageSize = 20;

const client = await MongoClient.connect(process.env.MONGODB_URI ?? '', {
  maxPoolSize: Number(process.env.POOL),
});

/** One page of the newest users, and how many there are. */
async function list(users: Collection): Promise<void> {
  const isThere = { isDeleted: false };
  await Promise.all([
    users.find(isThere).sort({ createdAt: -1, _id: -1 }).limit(pageSize).toArray(),
    users.countDocuments(isThere),
  ]);
}

/** A row of the ledger as it is when its job was just accepted. */
function row(): Document {
  const now = new Date();
  return {
    _id: new ObjectId(),
    queue: 'data-processing',
    name: 'process-items',
    data: { items: [{ sku: 'A-1', quantity: 2 }] },
    state: 'pending',
    generation: 1,
    priority: 'NORMAL',
    runAt: null,
    attempts: 0,
    author: { kind: 'user', userId: new ObjectId() },
    requestId: randomBytes(16).toString('hex'),
    createdAt: now,
    pendingSince: now,
    publishedAt: null,
    lastFailure: null,
    completedAt: null,
    result: null,
    failedAt: null,
    error: null,
    cancelledAt: null,
    expireAt: null,
  };
}

/** Every user, in the order of their ids, one after the other. */
async function readAll(users: Collection): Promise<number> {
  let count = 0;
  for await (const user of users.find({ isDeleted: false }).sort({ _id: 1 })) if (user._id) count++;
  return count;
}

async function repeat(work: () => Promise<unknown>, seconds: number, inFlight: number): Promise<number> {
  const endsAt = performance.now() + seconds * 1_000;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return done;
}

async function perform({ work, database, seconds = 0, inFlight = 1 }: Asked): Promise<number> {
  const db = client.db(database);
  if (work === 'read') return readAll(db.collection('users'));
  if (work === 'list') return repeat(() => list(db.collection('users')), seconds, inFlight);
  return repeat(() => db.collection('jobs').insertOne(row()), seconds, inFlight);
}

async function measured(asked: Asked): Promise<object> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const done = await perform(asked);
  const elapsed = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { requestsPerSecond: done / elapsed, cpuPerRequest: (user + system) / done };
}

process.on('message', (asked: Asked) => {
  void measured(asked).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
const leave = (): void => void client.close().finally(() => process.exit());
process.once('SIGTERM', leave);
process.once('disconnect', leave);
process.send?.({ ready: true });
