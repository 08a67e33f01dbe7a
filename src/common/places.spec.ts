import { describe, expect, it } from 'vitest';
import { Places } from './places.js';

describe('Places', () => {
  it('gives as many as there are, and a left one to who has waited longest', async () => {
    const places = new Places(2);
    expect([places.take(), places.take(), places.take()]).toEqual([true, true, false]);
    const order: string[] = [];
    const first = places.queue().turn.then(() => order.push('first'));
    const second = places.queue().turn.then(() => order.push('second'));
    places.leave();
    await first;
    expect(order).toEqual(['first']);
    places.leave();
    await second;
    expect(places.take()).toBe(false);
    places.leave();
    expect(places.take()).toBe(true);
  });

  it('passes over who has withdrawn, and takes a place back that was given in the same moment', async () => {
    const places = new Places(1);
    places.take();
    const gone = places.queue();
    const late = places.queue();
    const last = places.queue();
    gone.withdraw();
    places.leave();
    late.withdraw();
    await last.turn;
    places.leave();
    expect(places.take()).toBe(true);
    expect(places.take()).toBe(false);
  });
});
