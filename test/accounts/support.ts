import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { vi } from 'vitest';
import { Clock } from '../../src/common/clock.js';
import { startWorker, until, useIsolatedSettings } from '../jobs/support.js';
import { startApi, type RunningApi } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { Mailbox } from './mailbox.js';

export const password = 'Correct-Horse-7-Battery';
export const another = 'Another-Horse-8-Battery';
export const minute = 60_000;
export const hour = 60 * minute;

/** API and worker over one database, and the mails that the worker writes. */
export interface Service extends AsyncDisposable {
  readonly api: RunningApi;
  readonly admin: Client;
  readonly mailbox: Mailbox;
  readonly database: Connection;
  post(path: string, body: unknown): Promise<Reply>;
  login(email: string, password: string): Promise<Reply>;
  /** An active user; their id. */
  createUser(email: string, password?: string): Promise<string>;
  /** How often this has been done to the user, or with the address. */
  audited(action: string, target: string): Promise<number>;
  /** Waits until the worker has done everything that was asked for. */
  settled(): Promise<void>;
}

/** Without limits: those have tests of their own. */
const unlimited = {
  RATE_LIMIT_ANONYMOUS: 'off',
  RATE_LIMIT_PRINCIPAL: 'off',
  RATE_LIMIT_AUTH_FAILURES: 'off',
};

export async function startService(settings: Readonly<Record<string, string>> = {}): Promise<Service> {
  const all = useIsolatedSettings({ ...unlimited, ...settings });
  const api = await startApi(all);
  const worker = await startWorker();
  const database: Connection = api.app.get(getConnectionToken(), { strict: false });
  const client = new Client(api.url);
  const admin = await api.asAdministrator();
  return {
    api,
    admin,
    database,
    mailbox: new Mailbox(all['MAIL_FOLDER'] ?? ''),
    post: (path, body) => client.post(path, body),
    login: (email, given) => client.post('/api/auth/login', { email, password: given }),
    createUser: async (email, given = password) => {
      const reply = await admin.post('/api/users', { email, name: 'Grace Hopper', password: given });
      if (reply.status !== 201) throw new Error(reply.text);
      return String(reply.body.data?.id);
    },
    audited: (action, target) =>
      database.collection('auditEntries').countDocuments({ action, 'target.id': target }),
    settled: () =>
      until('every mail is written', async () => {
        const open = { name: 'account-mail', state: { $in: ['pending', 'published'] } };
        return (await database.collection('jobs').countDocuments(open)) === 0;
      }),
    [Symbol.asyncDispose]: async () => {
      vi.restoreAllMocks();
      await worker[Symbol.asyncDispose]();
      await api.close();
    },
  };
}

/** Runs `act` as if it were later, for API and worker alike. */
export async function later<Result>(milliseconds: number, act: () => Promise<Result>): Promise<Result> {
  const now = vi.spyOn(Clock.prototype, 'now').mockImplementation(() => new Date(Date.now() + milliseconds));
  try {
    return await act();
  } finally {
    now.mockRestore();
  }
}

export const invalidToken = { statusCode: 400, success: false, code: 'INVALID_ONE_TIME_TOKEN' };
