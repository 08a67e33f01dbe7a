import { describe, expect, it } from 'vitest';
import { optionsOf, pieceNames } from './options.js';

describe('the options of the bench', () => {
  it('measures everything in full size when nothing is asked', () => {
    const { pieces, manyUsers, fewUsers, tokens } = optionsOf([]);
    expect([...pieces]).toEqual([...pieceNames]);
    expect({ manyUsers, fewUsers, tokens }).toEqual({ manyUsers: 200_000, fewUsers: 2_000, tokens: 200 });
  });

  it('takes pieces, groups of them and smaller sizes', () => {
    const { pieces, plan, tokens } = optionsOf([
      '--only',
      'routes,list',
      '--slice',
      '0.5',
      '--rounds=3',
      '--users=20',
    ]);
    expect([...pieces]).toEqual(['live', 'me', 'by-id', 'key', 'list']);
    expect(plan).toEqual({ rounds: 3, slice: 0.5, warmUp: 5 });
    expect(tokens).toBe(20);
  });

  it.each([
    [['--only', 'lists'], 'knows no lists'],
    [['--rounds', '0'], 'no positive number'],
    [['--slice', 'long'], 'no positive number'],
    [['--fast'], '--fast'],
  ])('refuses %j', (args, reason) => {
    expect(() => optionsOf(args)).toThrow(reason);
  });
});
