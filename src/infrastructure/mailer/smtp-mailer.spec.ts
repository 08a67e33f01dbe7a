import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SmtpMailer } from './smtp-mailer.js';

interface Received {
  readonly to: string[];
  readonly message: string;
}

let received: Received[];
let server: SMTPServer;
let url: string;

beforeEach(async () => {
  received = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, done) => {
      let message = '';
      stream.on('data', (chunk) => (message += String(chunk)));
      stream.on('end', () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), message });
        done();
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  url = `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

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
