import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Json } from '../support/client.js';

const password = 'Another-Horse-8-Battery';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly client: Client;
}

/** An API, its administrator, and ways to make others. */
export class People implements AsyncDisposable {
  private constructor(
    readonly api: RunningApi,
    readonly admin: Client,
    readonly adminId: string,
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<People> {
    const api = await startApi(settings);
    const admin = await api.asAdministrator();
    const me = await admin.get('/api/users/me');
    return new People(api, admin, String(me.body.data?.id));
  }

  /** The id of a new role. */
  async role(name: string, permissions: readonly string[] = []): Promise<string> {
    const reply = await this.admin.post('/api/roles', { name, permissions });
    if (reply.status !== 201) throw new Error(reply.text);
    return String(reply.body.data?.id);
  }

  /** The id of a role that exists, e.g. of the system's. */
  async roleId(name: string): Promise<string> {
    const { body } = await this.admin.get('/api/roles?limit=100');
    const roles: Json[] = Array.isArray(body.data) ? body.data : [];
    return String(roles.find((role) => String(role.name) === name)?.id);
  }

  /** A new user without a login; `roles` are names or ids. */
  async user(name: string, roles?: readonly string[]): Promise<string> {
    const body = { email: `${name}@people.example`, name, password, ...(roles && { roles }) };
    const reply = await this.admin.post('/api/users', body);
    if (reply.status !== 201) throw new Error(reply.text);
    return String(reply.body.data?.id);
  }

  /** A new user, logged in. */
  async person(name: string, roles?: readonly string[]): Promise<Person> {
    const id = await this.user(name, roles);
    const email = `${name}@people.example`;
    return { id, email, client: await this.login(email) };
  }

  login(email: string): Promise<Client> {
    return this.api.client.login({ email, password });
  }

  /** The names of the roles that the user holds. */
  async rolesOf(id: string): Promise<string[]> {
    const { body } = await this.admin.get(`/api/users/${id}`);
    const roles: Json[] = Array.isArray(body.data?.role) ? body.data.role : [];
    return roles.map((role) => String(role.name));
  }

  collection(name: string): mongo.Collection {
    return this.api.app.get<Connection>(getConnectionToken(), { strict: false }).collection(name);
  }

  /** The entries about somebody or something, the oldest first. */
  async audited(target: string, action?: string): Promise<mongo.BSON.Document[]> {
    return this.collection('auditEntries')
      .find({ 'target.id': target, ...(action !== undefined && { action }) })
      .sort({ at: 1, _id: 1 })
      .toArray();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.close();
  }
}
