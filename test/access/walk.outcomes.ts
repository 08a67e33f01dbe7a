import type { Reply } from '../support/client.js';
import type { Send } from './walk.ground.js';
import { agreed, type Agreed } from './walk.table.js';

export const rows = Object.entries(agreed);
export const writes = /^(POST|PUT|PATCH|DELETE) /;

/** What became of each route: its code when the caller was kept out, else that they came in. */
export async function walk(
  send: Send,
  pathFor: (route: string) => string,
  bodyFor: (route: string) => unknown,
  fits: (row: Agreed, route: string) => boolean = () => true,
): Promise<Record<string, string>> {
  const walked = rows.filter(([route, row]) => fits(row, route));
  const ask = async ([route, row]: [string, Agreed]): Promise<[string, string]> => {
    const body = writes.test(route) ? bodyFor(route) : undefined;
    return [route, outcomeOf(row, await send(route, pathFor(route), { body }))];
  };
  const outcomes = await Promise.all(walked.filter(([, { endsSession }]) => endsSession !== true).map(ask));
  // Last, and one after the other: each ends what the others were called with.
  for (const row of walked.filter(([, { endsSession }]) => endsSession === true))
    outcomes.push(await ask(row));
  return Object.fromEntries(outcomes);
}

const keptOut = new Set(['FORBIDDEN', 'SESSION_REQUIRED', 'CSRF_TOKEN_REQUIRED', 'TWO_CREDENTIALS']);

function outcomeOf({ to }: Agreed, { status, body }: Reply): string {
  const code = String(body.code);
  // A wrong password at a public route keeps nobody out of it.
  const isUnknown = status === 401 && to !== 'everybody';
  const isBroken = status >= 500 || status === 405 || code === 'ROUTE_NOT_FOUND';
  return isUnknown || isBroken || keptOut.has(code) ? `${status} ${code}` : 'came in';
}

/** The same, as the table has it. */
export function expected(
  outcome: (row: Agreed, route: string) => string,
  fits: (row: Agreed, route: string) => boolean = () => true,
): Record<string, string> {
  return Object.fromEntries(
    rows.filter(([route, row]) => fits(row, route)).map(([route, row]) => [route, outcome(row, route)]),
  );
}
