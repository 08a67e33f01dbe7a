import { makeKey, withKey } from '../api-keys/keys.js';
import { itemsOf, userWith } from '../jobs/support.js';
import { Browser } from '../sessions/browser.js';
import type { CallOptions, Client, Json, Reply } from '../support/client.js';
import { People } from '../users/people.js';
import { agreed, type Thing } from './walk.table.js';

/** Well formed, and of nothing at all. */
export const absent = '0'.repeat(24);
export const queue = 'data-processing';

/** Sends 'GET /api/users/:id' to a path of it. */
export type Send = (route: string, path: string, options?: CallOptions) => Promise<Reply>;

const methodOf = (route: string): string => route.split(' ')[0] ?? '';

/** The path of a route with these in place of its parameters. */
export function pathOf(route: string, parameters: Readonly<Record<string, string>> = {}): string {
  const [, path = ''] = route.split(' ');
  const all: Readonly<Record<string, string>> = {
    queue,
    id: absent,
    roleId: absent,
    '*': `queue/${queue}`,
    ...parameters,
  };
  return path.replaceAll(/:(\w+)|\*/g, (found, name: string = found) => all[name] ?? absent);
}

/** A caller who logs in again after a route that ended their session, and so goes on. */
export async function sendAs(login: () => Promise<Client>): Promise<Send> {
  let client = await login();
  return async (route, path, options) => {
    const reply = await client.call(methodOf(route), path, options);
    if (agreed[route]?.endsSession === true) client = await login();
    return reply;
  };
}

export const sendWithKey = (url: string, key: string): Send => {
  const call = withKey(url, key);
  return (route, path, { body } = {}) => call(methodOf(route), path, body);
};

/** A user with things of each kind, whom everybody else should leave alone, and an administrator. */
export class Ground implements AsyncDisposable {
  private constructor(
    readonly people: People,
    readonly document: Json,
    readonly victim: Client,
    readonly victims: Readonly<Record<Thing, string>>,
  ) {}

  static async start(): Promise<Ground> {
    const people = await People.start();
    const document = (await people.api.client.get('/docs/openapi.json')).body;
    const { id: user, client: victim } = await people.person('victim', ['manager']);
    const key = await makeKey(victim, { permissions: ['users:read'] });
    const items = [{ email: 'imported@people.example', name: 'Imported' }];
    const imported = dataOf(await victim.post('/api/users/import', { items }), 202);
    const job = { name: 'process-items', data: { items: [1] } };
    const schedule = { name: 'process-items', data: { items: [1] }, every: 60_000, paused: true };
    dataOf(await people.admin.put(`/api/queues/${queue}/schedules/theirs`, schedule), 200);
    const enqueued = dataOf(await victim.post(`/api/queues/${queue}/jobs`, job), 202);
    const [session] = itemsOf(await victim.get('/api/auth/sessions'));
    return new Ground(people, document, victim, {
      user,
      session: String(session?.id),
      apiKey: key.id,
      import: String(imported.importId),
      job: String(enqueued.id),
      role: await people.role('their-role'),
      schedule: 'theirs',
      // A job that is not dead is none; what matters here is who asks.
      deadLetter: String(enqueued.id),
    });
  }

  get url(): string {
    return this.people.api.url;
  }

  get anonymous(): Send {
    return (route, path, options) => this.people.api.client.call(methodOf(route), path, options);
  }

  administrator(): Promise<Send> {
    return sendAs(() => this.people.api.asAdministrator());
  }

  /** A login whose only role holds these permissions. */
  async holderOf(name: string, permissions: readonly string[]): Promise<Send> {
    await userWith(this.people.admin, name, permissions);
    const credentials = { email: `${name}@example.com`, password: 'Another-Horse-8-Battery' };
    return sendAs(() => this.people.api.client.login(credentials));
  }

  /** A key of the administrator's that may do one thing. */
  async keyOf(permission: string): Promise<Send> {
    const { key } = await makeKey(this.people.admin, { permissions: [permission] });
    return sendWithKey(this.url, key);
  }

  /** The administrator in a browser, led by the page of another site or by a script that knows no CSRF token. */
  async browserWithoutToken(): Promise<Send> {
    const browser = new Browser(this.url);
    const { status, text } = await browser.login({
      email: 'admin@nexus.test',
      password: 'Correct-Horse-7-Battery',
    });
    if (status !== 200) throw new Error(`no login: ${text}`);
    return (route, path, options) => browser.call(methodOf(route), path, options);
  }

  /** All that could be changed for the victim, or by somebody who is not meant to. */
  async belongings(): Promise<unknown> {
    const read = (name: string, filter = {}) =>
      this.people.collection(name).find(filter).sort({ _id: 1 }).toArray();
    const withoutTraces = (documents: Awaited<ReturnType<typeof read>>) =>
      documents.map(({ lastUsedAt: _, ...rest }) => rest);
    return {
      users: await read('users'),
      roles: await read('roles'),
      keys: withoutTraces(await read('apiKeys')),
      imports: await read('userImports'),
      schedules: await read('schedules'),
      stoppedJobs: await read('jobs', { state: { $in: ['cancelled', 'dead'] } }),
      victim: itemsOf(await this.victim.get('/api/auth/sessions')).length,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.people[Symbol.asyncDispose]();
  }
}

function dataOf({ status, text, body }: Reply, wanted: number): Json {
  if (status !== wanted) throw new Error(`${wanted} was wanted, ${status} came: ${text}`);
  return body.data ?? {};
}
