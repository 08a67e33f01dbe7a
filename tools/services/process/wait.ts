import { setTimeout as pause } from 'node:timers/promises';

/** Polls until the condition holds (true) or the time is over (false). */
export async function waitUntil(
  condition: () => Promise<boolean> | boolean,
  withinMs: number,
  everyMs = 25,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await pause(everyMs);
  }
}
