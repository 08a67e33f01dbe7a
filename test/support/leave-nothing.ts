import { afterAll, vi } from 'vitest';

/** Test files share their processes: what one sets in the environment or does to the clock is not there for the next. */
const before = { ...process.env };

afterAll(() => {
  vi.useRealTimers();
  for (const name of Object.keys(process.env)) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, before);
});
