import { randomBytes } from 'node:crypto';
import { password, type Service } from '../../accounts/support.js';
import { Client, type Json, type Reply } from '../../support/client.js';

/** What a trail has to tell of an act. */
export interface Expected {
  /** The id of who acted, or of what acted. */
  readonly actor: string;
  readonly target: string;
  readonly outcome?: 'refused' | 'failed';
  /** Fields that changed, at least. */
  readonly changes?: readonly string[];
}

/** Does an act through the front door. */
export type Walker = (on: Ground) => Promise<Expected>;

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

export interface LoggedIn extends Person {
  readonly client: Client;
  readonly sessionId: string;
  readonly refreshToken: string;
}

/** Where the walkers walk: a service of API and worker, and people on it. */
export class Ground {
  private constructor(
    readonly service: Service,
    readonly admin: Client,
    readonly adminId: string,
  ) {}

  static async of(service: Service): Promise<Ground> {
    const me = await service.admin.get('/api/users/me');
    return new Ground(service, service.admin, String(me.body.data?.id));
  }

  /** Of somebody who is not logged in: their address, as the service sees it. */
  readonly stranger = '127.0.0.1';

  get anybody(): Client {
    return this.service.api.client;
  }

  freshEmail(): string {
    return `${randomBytes(5).toString('hex')}@walk.example`;
  }

  freshName(): string {
    return `walk-${randomBytes(5).toString('hex')}`;
  }

  async person(roles?: readonly string[]): Promise<Person> {
    const email = this.freshEmail();
    const reply = await this.admin.post('/api/users', {
      email,
      name: 'Ada',
      password,
      ...(roles && { roles }),
    });
    return { id: idOf(reply, 201), email, password };
  }

  async login(person: Person): Promise<LoggedIn> {
    return { ...person, ...this.loggedIn(await this.service.login(person.email, person.password)) };
  }

  async somebody(roles?: readonly string[]): Promise<LoggedIn> {
    return this.login(await this.person(roles));
  }

  loggedIn({ status, text, body }: Reply): Omit<LoggedIn, keyof Person> {
    if (status !== 200) throw new Error(`no login: ${text}`);
    const token = String(body.data?.accessToken);
    const claims: Json = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return {
      client: new Client(this.service.api.url, token),
      sessionId: String(claims.sid),
      refreshToken: String(body.data?.refreshToken),
    };
  }

  async role(permissions: readonly string[] = []): Promise<{ id: string; name: string }> {
    const name = this.freshName();
    return { id: idOf(await this.admin.post('/api/roles', { name, permissions }), 201), name };
  }
}

/** @throws Error unless the answer has this status. */
export function expectStatus({ status, text }: Reply, wanted: number): void {
  if (status !== wanted) throw new Error(`${wanted} was wanted, ${status} came: ${text}`);
}

export function idOf(reply: Reply, status: number): string {
  expectStatus(reply, status);
  return String(reply.body.data?.id);
}
