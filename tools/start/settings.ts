import { join } from 'node:path';
import type { Host } from './host.js';
import { choosePort } from './ports.js';
import { localUrl } from './readiness.js';
import { localSecrets } from './secrets.js';

export interface Addresses {
  readonly api: string;
  readonly worker: string;
}

/** The environment of API and worker in a local run: what the user set wins, except for the kind of run. */
export class LocalSettings {
  readonly adminEmail: string;
  /** undefined when the user chose one: it is theirs to know. */
  readonly generatedPassword: string | undefined;
  readonly mailFolder: string;
  private readonly host: string;
  private readonly fixed: NodeJS.ProcessEnv;
  private readonly ports: Record<keyof Addresses, number> = { api: 3000, worker: 3001 };

  /** @throws StartError when the kept secrets are not readable */
  constructor(private readonly run: Pick<Host, 'env' | 'folder' | 'terminal'>) {
    const secrets = localSecrets(join(run.folder, 'secrets.json'));
    this.host = this.set('HOST') ?? '127.0.0.1';
    this.adminEmail = this.set('ADMIN_EMAIL') ?? 'admin@nexus.local';
    this.generatedPassword = this.set('ADMIN_PASSWORD') === undefined ? secrets.ADMIN_PASSWORD : undefined;
    this.mailFolder = this.set('MAIL_FOLDER') ?? join(run.folder, 'mail');
    const own = Object.fromEntries(Object.entries(secrets).filter(([name]) => this.set(name) === undefined));
    this.fixed = {
      ...run.env,
      ...own,
      NODE_ENV: 'development',
      MONGODB_AUTO_INDEX: this.set('MONGODB_AUTO_INDEX') ?? 'true',
      HOST: this.host,
      ADMIN_EMAIL: this.adminEmail,
      MAIL_FOLDER: this.mailFolder,
      LOG_PRETTY: this.set('LOG_PRETTY') ?? String(run.terminal.live),
      // The programs write to a pipe; their lines end in a terminal all the same.
      ...(run.terminal.live && this.set('NO_COLOR') === undefined && { FORCE_COLOR: '1' }),
    };
  }

  /**
   * Makes sure of the port of API or worker: keeps it while it is free, takes the next free one otherwise.
   * @throws StartError when the user set it and it is taken
   */
  async choosePort(of: keyof Addresses): Promise<void> {
    const wish = { ...wishes[of], wanted: this.set(wishes[of].variable), preferred: this.ports[of] };
    this.ports[of] = await choosePort(this.host, wish, (line) => this.run.terminal.line(line));
  }

  addresses(): Addresses {
    return { api: localUrl(this.host, this.ports.api), worker: localUrl(this.host, this.ports.worker) };
  }

  environment(services: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return {
      ...this.fixed,
      ...services,
      PORT: String(this.ports.api),
      WORKER_PORT: String(this.ports.worker),
      PUBLIC_URL: this.set('PUBLIC_URL') ?? this.addresses().api,
    };
  }

  /** An empty variable counts as absent, as it does for the application. */
  private set(name: string): string | undefined {
    return this.run.env[name]?.trim() || undefined;
  }
}

const wishes = {
  api: { what: 'the API', variable: 'PORT' },
  worker: { what: 'the worker', variable: 'WORKER_PORT' },
} as const;
