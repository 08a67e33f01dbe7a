import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DomainError } from '../../common/domain-error.js';
import { metricsConfig } from '../../config/metrics.config.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export interface Scrape {
  readonly authorization: string | undefined;
  /** The address at the other end of the connection itself, whatever its headers say. */
  readonly peer: string | undefined;
  /** Whether the request came through a proxy: then loopback is the proxy's address, not the caller's. */
  readonly isForwarded: boolean;
}

/** Who may read the metrics: with METRICS_TOKEN its holders, without it this machine. */
@Injectable()
export class MetricsAccess {
  private readonly expected: Buffer | undefined;

  constructor(@Inject(metricsConfig.KEY) { token }: ConfigType<typeof metricsConfig>) {
    this.expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  }

  /** @throws DomainError unauthenticated / METRICS_TOKEN_REQUIRED; forbidden / LOOPBACK_ONLY. */
  assertAllowed({ authorization = '', peer, isForwarded }: Scrape): void {
    if (this.expected !== undefined) {
      if (timingSafeEqual(digest(authorization), this.expected)) return;
      throw new DomainError('unauthenticated', 'METRICS_TOKEN_REQUIRED', 'The metrics take a token');
    }
    if (!isForwarded && isLoopback(peer)) return;
    throw new DomainError(
      'forbidden',
      'LOOPBACK_ONLY',
      'Without METRICS_TOKEN the metrics stay on this machine',
    );
  }
}

function isLoopback(address = ''): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  const version = isIP(plain);
  return version !== 0 && loopback.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

/** Of equal length, so that comparing takes the same time for every guess. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
