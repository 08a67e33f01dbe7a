// The real worker, but for one thing: it is killed at the place that KILLED_AT names, once for each name.
import { existsSync, writeFileSync } from 'node:fs';
import 'reflect-metadata';

const { UserImportsRepository } = await import('../../dist/modules/users/imports/user-imports.repository.js');
const { Once } = await import('../../dist/jobs/once/once.js');

async function die(place) {
  const flag = `${process.env.KILLED_FLAG}-${place}`;
  if (process.env.KILLED_AT !== place || existsSync(flag)) return;
  writeFileSync(flag, '');
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}

let finished = 0;
const finish = UserImportsRepository.prototype.finish;
UserImportsRepository.prototype.finish = async function (...chunk) {
  await finish.apply(this, chunk);
  finished += 1;
  // Everything of the second chunk is written, and nothing of it committed.
  if (finished === 2) await die('before-commit');
};
const inDatabase = Once.prototype.inDatabase;
Once.prototype.inDatabase = async function (...effect) {
  await inDatabase.apply(this, effect);
  // The chunk is committed, and nobody has heard of it.
  if (finished > 0) await die('after-commit');
};
await import('../../dist/worker.js');
