import { destination, type DestinationStream } from 'pino';

const bufferBytes = 8_192;
const longestDelay = 200;

/**
 * Standard output, written in pieces of 8 kB or every 200 ms: a write of its own for each line costs a small request a
 * tenth of its time. What is left is written when the process exits, also by an error; a SIGKILL loses 200 ms of lines.
 */
export function standardOutput(): DestinationStream {
  const output = destination({ dest: 1, sync: false, minLength: bufferBytes });
  setInterval(() => output.flush(), longestDelay).unref();
  return output;
}
