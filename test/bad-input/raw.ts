import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Reply } from './requests.js';

/** A connection that does with it what no HTTP client would. */
export function dial(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // What is tested is often that the server ends it.
  socket.on('error', () => undefined);
  return socket;
}

/** Sends bytes as they are and reads until the server closes. @throws Error when it does not within `patience` ms. */
export async function exchange(url: string, bytes: string | Buffer, patience = 20_000): Promise<Reply[]> {
  const begin = performance.now();
  const socket = dial(url);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(bytes);
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(patience) });
  } finally {
    socket.destroy();
  }
  return repliesIn(Buffer.concat(chunks).toString(), performance.now() - begin);
}

function repliesIn(stream: string, took: number): Reply[] {
  const [head = '', ...rest] = stream.split('\r\n\r\n');
  if (head === '') return [];
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name.toLowerCase(), value.join(':').trim()];
    }),
  );
  const after = rest.join('\r\n\r\n');
  const length = Number(headers['content-length'] ?? after.length);
  const reply = { status: Number(statusLine.split(' ')[1]), headers, text: after.slice(0, length), took };
  return [reply, ...repliesIn(after.slice(length), took)];
}
