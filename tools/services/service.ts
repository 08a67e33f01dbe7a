export type Report = (line: string) => void;

export interface ServiceRequest {
  /** Absolute path; holds data, logs and pid files: `.nexus` for `npm start`, a throw-away folder for tests. */
  folder: string;
  /** true: what was acknowledged survives a power cut; false: a throw-away instance that never waits for the disk. */
  durable: boolean;
  /** MONGODB_URI, REDIS_URL, PATH, HOME and XDG_CACHE_HOME are read from it, and nothing else decides. */
  env: NodeJS.ProcessEnv;
  /** One line a step; a step of more than 2 s repeats its line with what it has done so far. */
  report: Report;
  /** true: a service process that dies is started again, on the same port and data. */
  supervise: boolean;
}

export type ServiceSource = 'configured' | 'installed' | 'downloaded' | 'unpacked';

export interface RunningProcess {
  name: string;
  pid: number;
}

export interface RunningService {
  uri: string;
  name: 'mongodb' | 'redis';
  source: ServiceSource;
  /** For people: what answers, where it came from and on which port. */
  description: string;
  /** The processes that this run started and that live now; none for a configured service. */
  processes(): RunningProcess[];
  /** Only for the DocumentDB engine: the loopback port of its PostgreSQL (user nexus, database postgres). */
  postgresPort?: number;
  /** Only for the DocumentDB engine: what that PostgreSQL asks of its user. */
  postgresPassword?: string;
  /** Ends every process, cleanly when it can within its time and by SIGKILL when it cannot. Safe to call twice. */
  stop(): Promise<void>;
}

/** Why no service could be had; the message names the remedies and is meant for people. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';
}
