import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';
import { operationsOf, type ApiDocument, type Operation } from './document.js';
import { Caller } from './requests.js';

export const absent = '0'.repeat(24);

/** What the document cannot say: which fields go without each other, and which one is taken then. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  'PUT /api/queues/{queue}/schedules/{id}': ['pattern', 'every'],
  'POST /api/dead-letters/retry': ['queue', 'ids'],
};

/** Fields of which one goes without the others; a body needs the first when it has none of them. */
export const alternativesOf = ({ title }: Operation): readonly string[] => alternatives[title] ?? [];

/** An API, who may do everything in it, and a thing of each kind that a body can be written to. */
export class Ground implements AsyncDisposable {
  private constructor(
    readonly api: RunningApi,
    readonly admin: Client,
    /** With the administrator's token. */
    readonly caller: Caller,
    readonly operations: readonly Operation[],
    private readonly things: readonly { readonly path: string; readonly id: string }[],
  ) {}

  static async start(): Promise<Ground> {
    const api = await startApi();
    const login = await api.client.post('/api/auth/login', administrator);
    const admin = await api.asAdministrator();
    const document: ApiDocument = JSON.parse((await api.client.get('/docs/openapi.json')).text);
    const made = async (path: string, body: object) => ({ path, id: idOf(await admin.post(path, body)) });
    return new Ground(
      api,
      admin,
      new Caller(api.url, String(login.body.data?.accessToken)),
      operationsOf(document),
      [
        await made('/api/users', { email: 'throw-away@example.com', name: 'Throw Away' }),
        await made('/api/roles', { name: 'throw-away' }),
        await made('/api/api-keys', { name: 'throw-away' }),
      ],
    );
  }

  /** A path of the route that leads to a thing to throw away; `parameters` are written in as they are. */
  pathOf({ path, body }: Operation, parameters: Readonly<Record<string, string>> = {}): string {
    const thing = this.things.find((one) => path.startsWith(`${one.path}/{id}`));
    const queue = /For the queue (\S+)/.exec(body?.description ?? '')?.[1] ?? 'reports';
    const all: Readonly<Record<string, string>> = { id: thing?.id ?? absent, queue, ...parameters };
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => all[name] ?? absent);
  }

  /** All that a refused request must leave as it is. */
  async belongings(): Promise<unknown> {
    const read = async (path: string): Promise<unknown> => (await this.admin.get(path)).body.data;
    return {
      things: await Promise.all(this.things.map(({ path, id }) => read(`${path}/${id}`))),
      users: await read('/api/users?limit=100'),
      roles: await read('/api/roles?limit=100'),
      keys: await read('/api/api-keys?limit=100'),
      queues: await read('/api/queues'),
      schedules: await read('/api/queues/reports/schedules'),
      everyObject: Object.getOwnPropertyNames(Object.prototype).toSorted(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.caller[Symbol.dispose]();
    await this.api.close();
  }
}

function idOf({ status, text, body }: Reply): string {
  if (status !== 201) throw new Error(`nothing was made: ${text}`);
  return String(body.data?.id);
}
