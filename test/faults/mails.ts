import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many invitations each address got: read from the .eml files themselves, whatever they are called. */
export function mailsByRecipient(folder: string): Map<string, number> {
  const counts = new Map<string, number>();
  if (!existsSync(folder)) return counts;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.eml'))) {
    const [, address = 'nobody'] =
      /^To: .*?<?([^\s<>]+@[^\s<>]+)>?\r?$/m.exec(readFileSync(join(folder, name), 'utf8')) ?? [];
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}

export interface Outcome {
  readonly accepted: number;
  /** Accepted users who were invited. */
  readonly effects: number;
  /** Accepted users whose invitation never came. */
  readonly lost: number;
  /** Invitations beyond the first of an address. */
  readonly duplicates: number;
}

export function outcomeOf(accepted: readonly string[], folder: string): Outcome {
  const mails = mailsByRecipient(folder);
  const lost = accepted.filter((email) => !mails.has(email)).length;
  return {
    accepted: accepted.length,
    effects: accepted.length - lost,
    lost,
    duplicates: [...mails.values()].reduce((sum, count) => sum + count - 1, 0),
  };
}
