import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RefusedMail } from './refused-mail.js';
import { SmtpMailer } from './smtp-mailer.js';

interface Received {
  readonly to: string[];
  readonly message: string;
}

/** What the server answers to the mail's sender, its recipient and its text; 0 for yes. */
interface Answers {
  sender: number;
  recipient: number;
  text: number;
}

let answers: Answers;
let received: Received[];
let server: SMTPServer;
let url: string;

beforeEach(async () => {
  received = [];
  answers = { sender: 0, recipient: 0, text: 0 };
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_, __, done) => done(refusal(answers.sender)),
    onRcptTo: (_, __, done) => done(refusal(answers.recipient)),
    onData: (stream, { envelope }, done) => {
      let message = '';
      stream.on('data', (chunk) => (message += String(chunk)));
      stream.on('end', () => {
        if (answers.text === 0) received.push({ to: envelope.rcptTo.map(({ address }) => address), message });
        done(refusal(answers.text));
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  url = `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

function refusal(code: number): Error | null {
  return code === 0 ? null : Object.assign(new Error('no'), { responseCode: code });
}

const mail = {
  to: { name: 'Ada', email: 'ada@example.com' },
  subject: 'Hello',
  text: 'plain text',
  html: '<p>html</p>',
};

it('hands a mail to the server, with the same Message-ID however often', async () => {
  const mailer = new SmtpMailer(url, 'Nexus <no-reply@nexus.local>');
  await mailer.send('a1', mail);
  await mailer.send('a1', mail);
  expect(received.map(({ to }) => to)).toEqual([['ada@example.com'], ['ada@example.com']]);
  for (const { message } of received) {
    expect(message).toContain('Message-ID: <a1@nexus>');
    expect(message).toContain('plain text');
    expect(message).toContain('<p>html</p>');
  }
});

it('cannot know what was sent', async () => {
  expect(await new SmtpMailer(url, 'a@b.c').wasSent()).toBe(false);
});

it('fails when the server is away, so that the job is tried again', async () => {
  await expect(new SmtpMailer('smtp://127.0.0.1:1', 'a@b.c').send('b2', mail)).rejects.toThrow(
    'ECONNREFUSED',
  );
});

it.each<[string, Partial<Answers>, boolean]>([
  ['nobody has this address', { recipient: 550 }, true],
  ['the mail itself is refused', { text: 554 }, true],
  ['the mailbox is busy', { recipient: 450 }, false],
  ['the mail cannot be taken now', { text: 451 }, false],
  ['the sender is refused, which settings may mend', { sender: 550 }, false],
])('fails when %s: %j, for good: %s', async (_, given, isFinal) => {
  Object.assign(answers, given);
  const sent = new SmtpMailer(url, 'a@b.c').send('c3', mail);
  await expect(sent).rejects.toSatisfy((error) => error instanceof RefusedMail === isFinal);
  expect(received).toEqual([]);
});
