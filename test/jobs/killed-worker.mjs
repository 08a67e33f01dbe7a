// The real worker, but for one thing: it is killed the moment after its first mail is out, before anybody has heard.
import { existsSync, writeFileSync } from 'node:fs';
import 'reflect-metadata';

const { FileMailer } = await import('../../dist/infrastructure/mailer/file-mailer.js');
const send = FileMailer.prototype.send;
FileMailer.prototype.send = async function (...mail) {
  await send.apply(this, mail);
  if (existsSync(process.env.KILLED_FLAG)) return;
  writeFileSync(process.env.KILLED_FLAG, '');
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
};
await import('../../dist/worker.js');
