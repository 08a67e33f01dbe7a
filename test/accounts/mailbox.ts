import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../jobs/support.js';

export interface ReceivedMail {
  readonly to: string;
  /** What a mail program shows instead of the address; '' when it has none. */
  readonly toName: string;
  readonly subject: string;
  /** The plain text, decoded. */
  readonly text: string;
  /** What stands behind '#token='; '' when there is none. */
  readonly token: string;
  /** Six digits on a line of their own; '' when there are none. */
  readonly code: string;
}

/** What the worker wrote into the folder of mails, read as a mail program would. */
export class Mailbox {
  constructor(private readonly folder: string) {}

  all(address: string): ReceivedMail[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.eml'))
      .toSorted()
      .map((name) => parse(readFileSync(join(this.folder, name), 'utf8')))
      .filter(({ to }) => to === address);
  }

  /** Waits for the mail that comes after the first `known` ones. */
  async next(address: string, known = 0): Promise<ReceivedMail> {
    await until(`mail ${known + 1} to ${address}`, () => this.all(address).length > known);
    const mail = this.all(address)[known];
    if (mail === undefined) throw new Error('the mail is gone');
    return mail;
  }
}

function parse(message: string): ReceivedMail {
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1] ?? '';
  const [, encoding = '', body = ''] =
    /Content-Type: text\/plain[^]*?Content-Transfer-Encoding: (\S+)\r\n\r\n([^]*?)\r\n--/.exec(message) ?? [];
  const text = encoding === 'base64' ? Buffer.from(body, 'base64').toString() : quotedPrintable(body);
  const to = header('To').trim();
  return {
    to: /<(.+)>$/.exec(to)?.[1] ?? to,
    toName: /^(.*?)\s*<.+>$/.exec(to)?.[1] ?? '',
    subject: header('Subject').trim(),
    text,
    token: /#token=([\w-]+)/.exec(text)?.[1] ?? '',
    code: /^(\d{6})\r?$/m.exec(text)?.[1] ?? '',
  };
}

function quotedPrintable(body: string): string {
  const joined = body.replaceAll(/=\r\n/g, '');
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();
}
