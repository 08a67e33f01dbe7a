import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../../tools/services/process/wait.js';
import { processTree } from '../start/support/process-tree.js';
import { call, logIn, RealRun, type Up } from '../start/support/real-run.js';
import { outcomeOf } from './mails.js';

const users = 200;
let run: RealRun;
let up: Up;

beforeAll(async () => {
  run = new RealRun();
  up = await run.start();
});
afterAll(() => run?.remove());

it('loses nothing that was answered 201 when every process is killed in the middle', async () => {
  const began = Date.now();
  const token = await logIn(up);
  const accepted: string[] = [];
  const emails = Array.from({ length: users }, (_, index) => `user${index}@kill.example`);
  let isHalfway = (): void => undefined;
  const halfway = new Promise<void>((resolve) => (isHalfway = resolve));

  const create = async (): Promise<void> => {
    for (let email = emails.shift(); email !== undefined; email = emails.shift()) {
      const body = { email, name: 'Killed' };
      // A refused connection is no answer: the user may or may not be there, and nobody was promised anything.
      const status = await call(`${up.api}/api/users`, { token, body }).then(
        (reply) => reply.status,
        () => 0,
      );
      if (status === 201) accepted.push(email);
      if (accepted.length === users / 2) isHalfway();
      if (status === 0) return;
    }
  };
  const creators = Array.from({ length: 8 }, create);
  await halfway;
  // The run, the API, the worker, the database, its gateway and Redis, all in one moment.
  for (const pid of processTree(up.program.pid)) process.kill(pid, 'SIGKILL');
  await Promise.all(creators);
  await up.program.exited;

  up = await run.start();
  const again = await logIn(up);
  const found: string[] = [];
  for (let page = 1; page <= 3; page++) {
    const { answer } = await call(`${up.api}/api/users?limit=100&page=${page}`, { token: again });
    if (Array.isArray(answer.data)) found.push(...answer.data.map((user) => String(Object(user).email)));
  }
  expect(accepted.filter((email) => !found.includes(email))).toEqual([]);

  const invited = found.filter((email) => email.endsWith('@kill.example'));
  const mails = join(run.folder, 'mail');
  await waitUntil(() => outcomeOf(invited, mails).lost === 0, 60_000, 200);
  const outcome = outcomeOf(invited, mails);
  console.log({ answered: accepted.length, ...outcome, seconds: (Date.now() - began) / 1_000 });
  expect(outcome).toMatchObject({ lost: 0, duplicates: 0 });
  expect(accepted.length).toBeGreaterThanOrEqual(users / 2);
});
