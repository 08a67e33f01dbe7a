import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { GatheredWrites } from './gathered-writes.js';

/** Writes that end when they are told to. */
function held() {
  const writes: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const write = (items: readonly number[]): Promise<void> =>
    new Promise((resolve, reject) => {
      writes.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const gathered = new GatheredWrites<number>({
    write,
    writeAlone: (item) => (item < 0 ? Promise.reject(new Error('refused')) : Promise.resolve()),
    isRefusal: (error) => error instanceof RangeError,
  });
  return { writes, gathered };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes at once what comes alone, and together what comes while others are written', async () => {
  const { writes, gathered } = held();
  const done: number[] = [];
  const add = (item: number) => gathered.add(item).then(() => done.push(item));
  const all = [1, 2, 3, 4, 5].map(add);
  expect(writes.map(({ items }) => items)).toEqual([[1], [2]]);
  writes[1]?.end();
  await turn();
  expect(writes[2]?.items).toEqual([3, 4, 5]);
  expect(done).toEqual([2]);
  writes[2]?.end();
  writes[0]?.end();
  await Promise.all(all);
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5]);
  void add(6);
  expect(writes[3]?.items).toEqual([6]);
});

it('tells a failure to those whose write it was, and to nobody else', async () => {
  const { writes, gathered } = held();
  const asked = Promise.allSettled([1, 2, 3, 4].map((item) => gathered.add(item)));
  writes[0]?.end(new Error('away'));
  writes[1]?.end();
  await turn();
  expect(writes[2]?.items).toEqual([3, 4]);
  writes[2]?.end(new Error('away again'));
  expect((await asked).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
});

it('writes each alone when one of them is refused, and tells only that one', async () => {
  const { writes, gathered } = held();
  const asked = Promise.allSettled([1, 2, 3, -4, 5].map((item) => gathered.add(item)));
  writes[0]?.end();
  await turn();
  expect(writes[2]?.items).toEqual([3, -4, 5]);
  writes[1]?.end(new RangeError('alone, and refused'));
  writes[2]?.end(new RangeError('one of them'));
  expect((await asked).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
});

it('writes in the context of nobody who waits', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const look = async (): Promise<void> => void seen.push(storage.getStore());
  const gathered = new GatheredWrites<number>({ write: look, writeAlone: look, isRefusal: () => false });
  await storage.run('one request', () => gathered.add(1));
  expect(seen).toEqual([undefined]);
});
