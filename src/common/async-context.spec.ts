import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { AsyncContext } from './async-context.js';

const open = () => {
  const storage = new AsyncLocalStorage<string>();
  return { context: new AsyncContext(storage), disable: vi.spyOn(storage, 'disable') };
};

describe('AsyncContext', () => {
  it('is current for what it runs and all that this starts, each its own', async () => {
    const { context } = open();
    const read = async (): Promise<string | undefined> => {
      await nextTurn();
      return context.current();
    };
    expect(await Promise.all([context.run('a', read), context.run('b', read)])).toEqual(['a', 'b']);
    expect(context.current()).toBeUndefined();
  });

  it('is switched off once the last is outside, whatever became of it, and on again for the next', async () => {
    const { context, disable } = open();
    const failing = context.run('a', () => Promise.reject(new Error('no')));
    const slow = context.run('b', () => nextTurn());
    await expect(failing).rejects.toThrow('no');
    expect(disable).not.toHaveBeenCalled();
    await slow;
    expect(disable).toHaveBeenCalledTimes(1);

    expect(() => context.run('c', () => JSON.parse('{'))).toThrow(SyntaxError);
    expect(disable).toHaveBeenCalledTimes(2);
    expect(context.run('d', () => context.current())).toBe('d');
  });

  it('lasts from enter to its answer, however often that is called', () => {
    const { context, disable } = open();
    const leave = context.enter();
    const other = context.enter();
    let seen: string | undefined;
    context.resume('a', () => (seen = context.current()));
    expect(seen).toBe('a');
    leave();
    leave();
    expect(disable).not.toHaveBeenCalled();
    other();
    expect(disable).toHaveBeenCalledTimes(1);
  });
});
