import { ServiceUnavailableError, type Report, type RunningService } from './service.js';

/** One way to have a service; null when it doesn't apply here at all. */
export interface Way {
  /** For the error that says why nothing was found: 'mongod on PATH'. */
  title: string;
  /** @throws Error: the next way is tried then. */
  start: (() => Promise<RunningService>) | null;
  /** Why `start` is null. */
  otherwise: string;
}

/**
 * The first way that works.
 * @throws ServiceUnavailableError that says of each way why not, and what to do.
 */
export async function firstThatWorks(
  what: string,
  ways: readonly Way[],
  remedies: string,
  report: Report,
): Promise<RunningService> {
  const reasons: string[] = [];
  for (const { title, start, otherwise } of ways) {
    if (start === null) {
      reasons.push(`${title}: ${otherwise}`);
      continue;
    }
    try {
      return await start();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      report(`${title}: ${words}`);
      reasons.push(`${title}: ${words}`);
    }
  }
  const list = reasons.map((reason) => `  - ${reason}`).join('\n');
  throw new ServiceUnavailableError(`No ${what} could be had:\n${list}\n${remedies}`);
}
