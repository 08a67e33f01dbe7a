import type { AddressInfo } from 'node:net';

/** Tells the bench, which started this process with a channel to it, where it listens. */
export function announce(address: AddressInfo | string | null): void {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  process.send?.({ port: address.port });
}
