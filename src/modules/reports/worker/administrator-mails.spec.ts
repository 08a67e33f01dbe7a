import { expect, it } from 'vitest';
import { jobIds, userIds } from '../../../common/ids.js';
import { RefusedMail } from '../../../infrastructure/mailer/refused-mail.js';
import { AdministratorMails } from './administrator-mails.js';

const job = jobIds.parse('665f1c2e9b1e8a0012345678');
const mail = { subject: 'Hello', text: 'text', html: '<p>html</p>' };
const names = ['ada', 'bob', 'eve'];

/** Mails to ada, bob and eve, of which some fail the first time they are sent. */
function mailsThat(failures: Readonly<Record<string, Error>>) {
  const sent: string[] = [];
  const marks = new Set<string>();
  const pending = new Map(Object.entries(failures));
  const figures = {
    administrators: async () =>
      names.map((name, index) => ({
        id: userIds.parse(`665f1c2e9b1e8a001234567${index}`),
        email: `${name}@example.com`,
        name,
      })),
  };
  const mailer = {
    send: async (_: string, { to }: { to: { name: string } }) => {
      const failure = pending.get(to.name);
      pending.delete(to.name);
      if (failure !== undefined) throw failure;
      sent.push(to.name);
    },
  };
  const once = {
    outside: async (_: string, part: string | undefined, effect: (scope: string) => Promise<void>) => {
      if (marks.has(String(part))) return;
      await effect(String(part));
      marks.add(String(part));
    },
  };
  return { sent, mails: new AdministratorMails(figures, mailer, once) };
}

it('whoever cannot be reached does not keep the mail from the others, and gets it with the next attempt', async () => {
  const { sent, mails } = mailsThat({ ada: new Error('not now') });
  await expect(mails.send(job, mail)).rejects.toThrow('not now');
  expect(sent).toEqual(['bob', 'eve']);
  expect(await mails.send(job, mail)).toBe(3);
  expect(sent).toEqual(['bob', 'eve', 'ada']);
});

it('is tried again as long as one of the failures may pass', async () => {
  const { mails } = mailsThat({ ada: new RefusedMail('nobody here'), bob: new Error('not now') });
  await expect(mails.send(job, mail)).rejects.not.toBeInstanceOf(RefusedMail);
});

it('is in vain once only those are left who are refused', async () => {
  const { sent, mails } = mailsThat({ ada: new RefusedMail('nobody here') });
  await expect(mails.send(job, mail)).rejects.toBeInstanceOf(RefusedMail);
  expect(sent).toEqual(['bob', 'eve']);
});
