/** A hash that was replaced, and when. */
export interface FormerPassword {
  readonly hash: string;
  readonly replacedAt: Date;
}

/** Together with the current one: the last five. */
const mostFormer = 4;
const lifetime = 90 * 24 * 60 * 60 * 1_000;

/** Hashes of the last five passwords; those replaced more than 90 days ago are forgotten, the current one never. */
export function formerHashes(
  current: string | null,
  history: readonly FormerPassword[],
  now: Date,
): readonly string[] {
  return [...(current === null ? [] : [current]), ...recent(history, now).map(({ hash }) => hash)];
}

/** The history when `replaced` gives way to another password at `now`. */
export function historyAfter(
  replaced: string | null,
  history: readonly FormerPassword[],
  now: Date,
): readonly FormerPassword[] {
  const added = replaced === null ? [] : [{ hash: replaced, replacedAt: now }];
  return [...added, ...recent(history, now)].slice(0, mostFormer);
}

function recent(history: readonly FormerPassword[], now: Date): readonly FormerPassword[] {
  return history.filter(({ replacedAt }) => now.getTime() - replacedAt.getTime() < lifetime);
}
