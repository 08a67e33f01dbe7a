/** Room for processes' clocks, by which tokens expire, that are behind the database's, by which signals do. */
const margin = 5 * 60_000;

/** For how long a signal is kept: longer than any access token. Milliseconds, in and out. */
export function signalLifetime(accessTokenTtl: number): number {
  return accessTokenTtl + margin;
}
