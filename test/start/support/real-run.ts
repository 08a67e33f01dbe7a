import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers } from '../../../tools/services/index.js';
import { StartedProgram } from './started-program.js';

const root = join(import.meta.dirname, '../../..');
const START_WITHIN_MS = 150_000;

export interface Up {
  program: StartedProgram;
  api: string;
  email: string;
  password: string;
  /** The command that the banner says to try. */
  command: string;
  startedInMs: number;
}

/** The real `npm start` of this checkout, with data of its own. */
export class RealRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'nexus-local-run-'));
  private readonly programs: StartedProgram[] = [];

  constructor() {
    // Services of root run as another user, who must reach their data.
    chmodSync(this.folder, 0o755);
  }

  /** Starts it, with further settings where given, and waits until it says that it is up. */
  async start(settings: NodeJS.ProcessEnv = {}): Promise<Up> {
    const began = Date.now();
    const program = new StartedProgram([join(root, 'scripts/run.mjs'), 'start'], {
      cwd: root,
      env: { ...this.environment(), ...settings },
    });
    this.programs.push(program);
    const [, api = ''] = await program.prints(/API +(http:\S+)\/api\n/, START_WITHIN_MS);
    const startedInMs = Date.now() - began;
    const [, email = '', password = ''] = await program.prints(/Admin +(\S+) +(\S+)/);
    const [, command = ''] = await program.prints(/Try +(.*)\n/);
    return { program, api, email, password, command, startedInMs };
  }

  /** The mails that were written for this address. */
  mailsTo(email: string): string[] {
    const mails = join(this.folder, 'mail');
    const files = existsSync(mails) ? readdirSync(mails).filter((name) => name.endsWith('.eml')) : [];
    return files
      .map((name) => readFileSync(join(mails, name), 'utf8'))
      .filter((text) => /^To: (.*)$/m.exec(text)?.[1]?.includes(email));
  }

  async remove(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    for (const folder of [join(this.folder, 'app'), this.folder]) await endLeftovers(folder, () => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Services that the machine's owner configured are used, under names that nobody else has. */
  private environment(): NodeJS.ProcessEnv {
    const { PATH, HOME, XDG_CACHE_HOME, MONGODB_URI, REDIS_URL } = process.env;
    const name = this.folder.replace(/\W/g, '');
    const database = MONGODB_URI && new URL(MONGODB_URI);
    if (database) database.pathname = `/${name}`;
    return {
      PATH,
      HOME,
      NEXUS_FOLDER: this.folder,
      QUEUE_PREFIX: `{${name}}`,
      // A mail that was being sent when the database went away is not to keep the test waiting for a minute.
      JOB_RETRY_LADDER: '1s,5s,5s,5s,5s',
      ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }),
      ...(database && { MONGODB_URI: database.href }),
      ...(REDIS_URL && { REDIS_URL }),
    };
  }
}

/** One call of the API; the token, when there is one, goes as a bearer token. */
export async function call(
  url: string,
  { token, body }: { token?: string; body?: object } = {},
): Promise<{ status: number; answer: { data?: unknown } }> {
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: Object(await response.json()) };
}

/** @throws Error when the login is refused */
export async function logIn({ api, email, password }: Up): Promise<string> {
  const { answer } = await call(`${api}/api/auth/login`, { body: { email, password } });
  const token: unknown = Object(answer.data).accessToken;
  if (typeof token !== 'string') throw new Error(`login refused: ${JSON.stringify(answer)}`);
  return token;
}
