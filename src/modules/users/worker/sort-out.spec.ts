import 'reflect-metadata';
import { expect, it } from 'vitest';
import { checkRow } from './import-item.js';
import { rowsPerTurn, sortOut } from './sort-out.js';

const rowOf = (name: string, index = 0): object => ({ email: `row${index}@import.example`, name });

/** The longest names that are looked into at all, and one that is not. */
const hostile = [
  `&${'amp;'.repeat(240)}`,
  `&${'#38;'.repeat(240)}#60;b>`,
  '<'.repeat(1_000),
  '<a '.repeat(330),
  '<b>'.repeat(330),
  `&${'amp;'.repeat(1_020)}`,
];

it.each(hostile)('a row with the name %j costs no more than 20 ms', (name) => {
  const costs = Array.from({ length: 5 }, () => {
    const started = process.cpuUsage();
    checkRow(rowOf(name));
    return process.cpuUsage(started).user / 1_000;
  });
  // What the first one compiles, and other people's garbage, are not its own.
  expect(Math.min(...costs)).toBeLessThan(20);
});

it('others have their turn while the rows of a chunk are checked', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => rowOf(hostile[index % hostile.length] ?? '', index));
  let turns = 0;
  let going = true;
  const turn = (): void => {
    turns++;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  const { candidates, refused } = await sortOut([], rows, 400);
  going = false;
  expect(turns).toBeGreaterThanOrEqual(rows.length / rowsPerTurn - 1);
  const indexes = [...candidates, ...refused].map(({ index }) => index).toSorted((one, other) => one - other);
  expect(indexes).toEqual(rows.map((_, index) => 400 + index));
});
