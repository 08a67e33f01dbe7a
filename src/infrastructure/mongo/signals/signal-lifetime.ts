/** Room for processes' clocks, by which tokens expire, that are behind the database's, by which signals do. */
const margin = 5 * 60_000;
/** Milliseconds: nothing is cached for longer (src/infrastructure/cache). */
const longestRemembered = 60 * 60_000;

/** For how long a signal is kept: longer than any access token or cached value. Milliseconds, in and out. */
export function signalLifetime(accessTokenTtl: number): number {
  return Math.max(accessTokenTtl, longestRemembered) + margin;
}
