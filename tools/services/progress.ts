import type { Report } from './service.js';

const EVERY_MS = 2_000;

/**
 * Runs one step of the set-up and tells people about it: the text at once, then every 2 s the text again with what
 * `detail` says and the seconds that have passed.
 */
export async function step<T>(
  report: Report,
  text: string,
  work: () => Promise<T>,
  detail?: () => Promise<string> | string,
): Promise<T> {
  report(text);
  const began = Date.now();
  const timer = setInterval(() => {
    void describe(detail).then((words) => {
      const seconds = Math.round((Date.now() - began) / 1_000);
      report(`${text}: ${words === '' ? 'still at it' : words} (${seconds} s)`);
    });
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function describe(detail: (() => Promise<string> | string) | undefined): Promise<string> {
  try {
    return detail === undefined ? '' : await detail();
  } catch {
    return '';
  }
}

/** 1_234_567 -> '1.2 MB'. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
