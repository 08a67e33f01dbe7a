import type { Rate } from '../../config/rate-limit.js';
import type { Verdict } from './limiter.js';

/** What an answer is written into; Fastify's reply is one. */
export interface HeaderTarget {
  header(name: string, value: string): unknown;
}

/** A policy is a name and a rate, and a rate has one name only. */
const policies = new WeakMap<Rate, string>();

/** As structured fields (RFC 9651): draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
export function writeLimitHeaders(target: HeaderTarget, name: string, rate: Rate, verdict: Verdict): void {
  target.header('RateLimit-Policy', policyOf(name, rate));
  target.header('RateLimit', `"${name}";r=${verdict.remaining};t=${inSeconds(verdict.endsIn)}`);
}

/** Milliseconds in whole seconds, rounded up, at least one. */
export function inSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}

function policyOf(name: string, rate: Rate): string {
  let policy = policies.get(rate);
  if (policy === undefined) {
    policy = `"${name}";q=${rate.limit};w=${inSeconds(rate.window)}`;
    policies.set(rate, policy);
  }
  return policy;
}
