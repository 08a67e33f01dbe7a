import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { startWorker, useIsolatedSettings } from '../jobs/support.js';
import { startApi, type RunningApi } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { Mailbox } from './mailbox.js';

export const password = 'Correct-Horse-7-Battery';
export const another = 'Another-Horse-8-Battery';

/** API and worker over one database, and the mails that the worker writes. */
export interface Service extends AsyncDisposable {
  readonly api: RunningApi;
  readonly mailbox: Mailbox;
  readonly database: Connection;
  post(path: string, body: unknown): Promise<Reply>;
  login(email: string, password: string): Promise<Reply>;
  /** The entries of the audit about what the address or the user did. */
  audited(action: string): Promise<number>;
}

export async function startService(settings: Readonly<Record<string, string>> = {}): Promise<Service> {
  const all = useIsolatedSettings({
    RATE_LIMIT_ANONYMOUS: 'off',
    RATE_LIMIT_AUTH_FAILURES: 'off',
    ...settings,
  });
  const api = await startApi(all);
  const worker = await startWorker();
  const database: Connection = api.app.get(getConnectionToken(), { strict: false });
  const client = new Client(api.url);
  return {
    api,
    database,
    mailbox: new Mailbox(all['MAIL_FOLDER'] ?? ''),
    post: (path, body) => client.post(path, body),
    login: (email, given) => client.post('/api/auth/login', { email, password: given }),
    audited: (action) => database.collection('auditEntries').countDocuments({ action }),
    [Symbol.asyncDispose]: async () => {
      await worker[Symbol.asyncDispose]();
      await api.close();
    },
  };
}
