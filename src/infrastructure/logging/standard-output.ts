import { destination, type DestinationStream } from 'pino';

/** Characters. */
const longestPiece = 32_768;
/** Milliseconds. */
const longestDelay = 200;

export interface LineOutput extends DestinationStream {
  /** Writes what is left, now: pino calls it after a fatal line. */
  flushSync(): void;
}

/**
 * Standard output, or another file by its descriptor, written in pieces of 32 kB or every 200 ms: a write of its own for
 * each line costs a small request a tenth of its time. What is left is written when the process exits, also by an error;
 * a SIGKILL loses 200 ms of lines.
 */
export function standardOutput(descriptor = 1): LineOutput {
  const output = destination({
    dest: descriptor,
    sync: false,
    minLength: longestPiece,
    maxWrite: 2 * longestPiece,
  });
  // Collected here: sonic-boom measures all that waits anew with each line, for longer than the line takes to write.
  let lines = '';
  let isOpen = true;
  output.once('close', () => (isOpen = false));
  const handOver = (): void => {
    if (lines === '' || !isOpen) return;
    output.write(lines);
    lines = '';
  };
  setInterval(() => {
    handOver();
    output.flush();
  }, longestDelay).unref();
  // Before the listeners of pino, which write what `output` holds then.
  process.prependListener('beforeExit', handOver);
  process.prependListener('exit', handOver);

  return {
    write: (line) => {
      lines += line;
      if (lines.length >= longestPiece) handOver();
    },
    flushSync: () => {
      handOver();
      output.flushSync();
    },
  };
}
