import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  readonly port: number;
  /** How many answers it lost. */
  lost(): number;
  close(): Promise<void>;
}

/** Forwards to a port of this machine, but loses every `every`-th answer to a message that has `word` in it. */
export async function lossyProxy(targetPort: number, word: string, every: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let counted = 0;
  let lost = 0;
  const server = createServer((client) => {
    const target = connect({ host: '127.0.0.1', port: targetPort });
    let marked = false;
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      marked = chunk.includes(word);
      target.write(chunk);
    });
    target.on('data', (chunk: Buffer) => {
      if (marked) counted += 1;
      if (marked && counted % every === 0) {
        lost += 1;
        client.destroy();
        return;
      }
      client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    lost: () => lost,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
