import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DomainError } from '../../common/domain-error.js';
import { metricsConfig } from '../../config/metrics.config.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Who may read the metrics: with METRICS_TOKEN its holders, without it this machine. */
@Injectable()
export class MetricsAccess {
  private readonly expected: Buffer | undefined;

  constructor(@Inject(metricsConfig.KEY) { token }: ConfigType<typeof metricsConfig>) {
    this.expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  }

  /** @throws DomainError unauthenticated / METRICS_TOKEN_REQUIRED; forbidden / LOOPBACK_ONLY. */
  assertAllowed({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): void {
    if (this.expected !== undefined) {
      if (timingSafeEqual(digest(headers.authorization ?? ''), this.expected)) return;
      throw new DomainError('unauthenticated', 'METRICS_TOKEN_REQUIRED', 'The metrics take a token');
    }
    // Through a proxy loopback is the proxy's address, not the caller's.
    const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
    if (!isForwarded && isLoopback(socket.remoteAddress)) return;
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
