import type { RunningApi } from '../api-process.js';
import { fillUsers } from '../crowd.js';
import type { Ground } from '../ground.js';
import { loaded, type Target } from '../load.js';
import { alternate, measurementOf, seriesOf } from '../measure.js';
import { judgeCost } from '../verdict.js';
import type { Findings } from './piece.js';

const pageSize = 20;
/** Of the most users that the bench knows; of fewer the page that lies as deep. */
const deepPage = 1_000;
const mostUsers = 200_000;

const mostOfFirst = 1.5;
const mostOfFew = 2;

/** The first and a deep page of many users, and the first of few, read by cursor; the first by number, too. */
export async function benchPages(ground: Ground): Promise<Findings> {
  const { fewUsers, manyUsers, plan } = ground.options;
  const few = await ground.api();
  await fillUsers(ground.services('few').mongo, fewUsers);
  const many = await ground.crowdedApi();
  const depth = Math.max(2, Math.round((deepPage * manyUsers) / mostUsers));
  ground.report(`Turning to page ${depth}`);
  const cursor = await cursorOf(many, depth);

  const [fewText, manyText, depthText] = [fewUsers, manyUsers, depth].map((count) =>
    count.toLocaleString('en'),
  );
  const page = (api: RunningApi, name: string, query: string): Target => ({
    ...api,
    name,
    calls: [{ path: pathOf(query), headers: authorization(api) }],
  });
  const first = page(many, `page 1 of ${manyText} users`, 'cursor=');
  const deep = page(many, `page ${depthText} of ${manyText} users`, `cursor=${cursor}`);
  const firstOfFew = page(few, `page 1 of ${fewText} users`, 'cursor=');
  const numbered = page(many, `page 1 of ${manyText} users, by number`, 'page=1');
  const numberedOfFew = page(few, `page 1 of ${fewText} users, by number`, 'page=1');
  const targets = [firstOfFew, first, deep, numberedOfFew, numbered];

  const all = await alternate(targets.map(loaded), plan, ground.report);
  const compare = (one: Target, other: Target) =>
    measurementOf(seriesOf(all, one.name), seriesOf(all, other.name));
  const deepened = compare(deep, first);
  const grown = compare(first, firstOfFew);
  const grownByNumber = compare(numbered, numberedOfFew);
  return {
    measurements: [
      measurementOf(seriesOf(all, firstOfFew.name)),
      grown,
      deepened,
      measurementOf(seriesOf(all, numberedOfFew.name)),
      grownByNumber,
    ],
    verdicts: [
      judgeCost(deepened, mostOfFirst),
      judgeCost(grown, mostOfFew),
      judgeCost(grownByNumber, mostOfFew),
    ],
  };
}

function pathOf(query: string): string {
  return `/api/users?limit=${pageSize}&${query}`;
}

function authorization({ population }: RunningApi): Record<string, string> {
  return { Authorization: `Bearer ${population.administratorToken}` };
}

/** The cursor of a page, found as a client finds it: page by page. */
async function cursorOf(api: RunningApi, page: number): Promise<string> {
  let cursor = '';
  for (let at = 1; at < page; at++) {
    const url = `http://127.0.0.1:${api.port}${pathOf(`cursor=${cursor}`)}`;
    const answer = await fetch(url, { headers: authorization(api) });
    cursor = nextCursorOf(await answer.json());
  }
  return cursor;
}

function nextCursorOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'pagination' in answer) {
    const { pagination } = answer;
    if (typeof pagination === 'object' && pagination !== null && 'nextCursor' in pagination) {
      return String(pagination.nextCursor);
    }
  }
  throw new Error('the list ended before the page that was asked for');
}
