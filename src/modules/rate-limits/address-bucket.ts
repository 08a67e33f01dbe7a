import { isIP } from 'node:net';
import { normalizeIp } from '@nestjs/throttler';

/** What a proxy may write for its client beside a bare address: '192.0.2.1:4711', '[2001:db8::1]:4711'. */
const withPort = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/;

/**
 * Which addresses count as one: an IPv4 address by itself, also when it is written as IPv6, and a whole /64 of IPv6,
 * which is what one subscriber is given. Whatever is no address shares one bucket.
 */
export function addressBucket(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const [, bracketed, dotted] = withPort.exec(address) ?? [];
  const bare = bracketed ?? dotted ?? address;
  const [withoutZone = ''] = bare.split('%');
  return isIP(withoutZone) === 0 ? 'unknown' : normalizeIp(withoutZone, 64);
}
