import { parseArgs } from 'node:util';
import type { JobPlan } from './jobs/job-bench.js';
import type { Plan } from './measure.js';

export const pieceNames = [
  'live',
  'me',
  'by-id',
  'key',
  'traces',
  'list',
  'post-job',
  'pages',
  'export',
  'enqueue',
  'jobs',
] as const;
export type PieceName = (typeof pieceNames)[number];

/** Names for several pieces at once. */
const groups: ReadonlyMap<string, readonly PieceName[]> = new Map([
  ['routes', ['live', 'me', 'by-id', 'key']],
]);

export interface Options {
  readonly pieces: ReadonlySet<PieceName>;
  readonly plan: Plan;
  readonly jobPlan: JobPlan;
  /** Users that the routes rotate over, and how many of them are logged in and have a key. */
  readonly users: number;
  readonly tokens: number;
  /** Users of the small and of the large list. */
  readonly fewUsers: number;
  readonly manyUsers: number;
  /** How often all users are exported. */
  readonly exports: number;
  /** Where the APIs write their CPU profiles; undefined: they write none. */
  readonly profile: string | undefined;
}

/** @throws Error for an option or a piece that there is not, or a number that is none. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: pieceNames.join(',') },
      rounds: { type: 'string', default: '6' },
      slice: { type: 'string', default: '1.2' },
      'warm-up': { type: 'string', default: '5' },
      users: { type: 'string', default: '1000' },
      'many-users': { type: 'string', default: '200000' },
      exports: { type: 'string', default: '2' },
      'job-rounds': { type: 'string', default: '4' },
      profile: { type: 'string' },
    },
  });
  const users = positive(values.users);
  const manyUsers = positive(values['many-users']);
  return {
    pieces: new Set(values.only.split(',').flatMap(piecesOf)),
    plan: {
      rounds: positive(values.rounds),
      slice: positive(values.slice),
      warmUp: positive(values['warm-up']),
    },
    jobPlan: { rounds: positive(values['job-rounds']), waits: 8_000, effects: 400 },
    users,
    tokens: Math.min(200, users),
    fewUsers: Math.round(manyUsers / 100),
    manyUsers,
    exports: positive(values.exports),
    profile: values.profile,
  };
}

function piecesOf(name: string): readonly PieceName[] {
  const pieces = groups.get(name) ?? pieceNames.filter((piece) => piece === name);
  if (pieces.length > 0) return pieces;
  throw new Error(
    `--only knows no ${name}: its names are ${[...pieceNames, ...groups.keys()].join(', ')}, with commas between them`,
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Error(`${text} is no positive number`);
}
