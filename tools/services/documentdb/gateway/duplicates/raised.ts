import type { Work } from '../work.js';
export async function nameRaisedDuplicate(_work: Work, error: unknown): Promise<unknown> {
  return error;
}
