import type { Work } from '../work.js';
export async function nameWriteErrors(_work: Work, result: Buffer): Promise<Buffer> {
  return result;
}
