import { randomUUID } from 'node:crypto';
import { access, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createTransport } from 'nodemailer';
import { Mailer, type Mail } from './mailer.js';
import { messageOf } from './message.js';

/** Writes each mail as one .eml file named by its scope: exactly one, however often and by how many it is sent. */
export class FileMailer extends Mailer {
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  private readonly folder: string;

  constructor(
    folder: string,
    private readonly from: string,
  ) {
    super();
    this.folder = resolve(folder);
  }

  override async wasSent(scope: string): Promise<boolean> {
    return access(this.fileOf(scope)).then(
      () => true,
      () => false,
    );
  }

  override async send(scope: string, mail: Mail): Promise<void> {
    const { message } = await this.composer.sendMail(messageOf(scope, mail, this.from));
    if (!Buffer.isBuffer(message)) throw new Error('the composer gave a stream instead of the whole mail');
    await mkdir(this.folder, { recursive: true });
    const draft = join(this.folder, `.${randomUUID()}.draft`);
    try {
      await writeFile(draft, message, { flag: 'wx', mode: 0o600 });
      // Unlike a rename, a link fails when the name is taken: the first mail stays as it is.
      await link(draft, this.fileOf(scope));
    } catch (error) {
      if (!isTaken(error)) throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  private fileOf(scope: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9/-]*$/.test(scope)) throw new Error(`'${scope}' cannot name a mail`);
    return join(this.folder, `${scope.replaceAll('/', '.')}.eml`);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
