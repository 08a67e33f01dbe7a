import { UnrecoverableError } from 'bullmq';

/** Bytes of JSON, as of a payload. What is larger belongs into a collection of its own. */
const largestResult = 256 * 1024;

/**
 * What a handler returned, as the ledger keeps it and REST shows it: what JSON makes of it. Found out before anything
 * is written, because the rows of many jobs are marked by one write, and one of them would hold up all the others.
 * @throws UnrecoverableError when JSON cannot say it, or takes more than 256 kB: another attempt would return it again.
 */
export function keptResult(result: unknown): unknown {
  if (result === undefined || result === null) return null;
  const text = jsonOf(result);
  if (Buffer.byteLength(text) > largestResult) {
    throw new UnrecoverableError(`the result of a job has at most ${largestResult} bytes`);
  }
  return JSON.parse(text);
}

function jsonOf(result: unknown): string {
  try {
    // Undefined for a function, whatever the types say.
    const text: string | undefined = JSON.stringify(result);
    return text ?? 'null';
  } catch (cause) {
    throw new UnrecoverableError(`the result of the job cannot be written as JSON: ${String(cause)}`);
  }
}
