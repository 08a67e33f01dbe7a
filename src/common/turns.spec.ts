import { setImmediate as soon } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('keep one thing to one act at a time, in the order of asking, whatever fails', async () => {
    const turns = new Turns<string>();
    const events: string[] = [];
    const act = (name: string, fails = false) =>
      turns.take('one', async () => {
        events.push(`${name} begins`);
        await soon();
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const outcomes = await Promise.allSettled([act('first'), act('second', true), act('third')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(events).toEqual(
      ['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
    expect(await act('fourth')).toBe('fourth');
  });

  it('let other things go on', async () => {
    const turns = new Turns<string>();
    const never = turns.take('one', () => new Promise<void>(() => undefined));
    expect(await turns.take('other', async () => 'done')).toBe('done');
    expect(never).toBeInstanceOf(Promise);
  });
});
