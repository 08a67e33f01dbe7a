import type { Client, Json, Reply } from '../support/client.js';

export function entriesOf(reply: Reply): Json[] {
  const { data } = reply.body;
  return Array.isArray(data) ? data : [];
}

/**
 * The entries that a filter finds, once `isThere` holds for them: what is refused or failed is written seconds later.
 * @throws Error with what was found instead after 10 s.
 */
export async function eventually(
  reader: Client,
  filter: string,
  isThere: (entries: Json[]) => boolean = (entries) => entries.length > 0,
): Promise<Json[]> {
  const end = Date.now() + 10_000;
  for (;;) {
    const reply = await reader.get(`/api/audit?limit=100&${filter}`);
    const entries = entriesOf(reply);
    if (reply.status === 200 && isThere(entries)) return entries;
    if (Date.now() > end) throw new Error(`no such entry for ${filter}: ${reply.text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
