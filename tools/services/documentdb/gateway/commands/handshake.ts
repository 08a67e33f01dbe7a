import { ObjectId, type Document } from 'bson';
import { failure } from '../errors.js';
import { MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES } from '../wire/message.js';
import type { Client } from '../work.js';

/** What the gateway knows of itself. */
export interface Identity {
  /** host:port as clients reach it. */
  readonly address: string;
  readonly startedAt: Date;
  engineUp(): boolean;
  connections(): number;
}

/** The MongoDB whose behaviour and wire version are offered. */
const VERSION = '7.0.0';
const electionId = new ObjectId();

/**
 * The hello of a replica set of one. While the engine is away it is a member without a role: drivers then wait for a
 * primary, as they do during an election, instead of failing at once.
 */
export function hello(identity: Identity, client: Client): Document {
  const primary = identity.engineUp();
  return {
    helloOk: true,
    isWritablePrimary: primary,
    ismaster: primary,
    secondary: false,
    setName: 'rs0',
    setVersion: 1,
    hosts: [identity.address],
    me: identity.address,
    ...(primary && { primary: identity.address, electionId }),
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 25_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: client.id,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ok: 1,
  };
}

function serverStatus(identity: Identity): Document {
  const uptimeMillis = Date.now() - identity.startedAt.getTime();
  return {
    host: identity.address,
    version: VERSION,
    process: 'mongod',
    pid: process.pid,
    uptime: uptimeMillis / 1000,
    uptimeMillis,
    localTime: new Date(),
    connections: { current: identity.connections() },
    storageEngine: { name: 'documentdb', supportsCommittedReads: true, persistent: true },
    repl: { setName: 'rs0', isWritablePrimary: identity.engineUp(), me: identity.address },
    ok: 1,
  };
}

/** What the gateway answers by itself, by lower-case name. */
export const OWN_COMMANDS: ReadonlyMap<string, (identity: Identity, client: Client) => Document> = new Map<
  string,
  (identity: Identity, client: Client) => Document
>([
  ['hello', hello],
  ['ismaster', hello],
  [
    'buildinfo',
    () => ({
      version: VERSION,
      versionArray: [7, 0, 0, 0],
      modules: [],
      bits: 64,
      maxBsonObjectSize: MAX_DOCUMENT_BYTES,
      ok: 1,
    }),
  ],
  ['getparameter', () => ({ featureCompatibilityVersion: { version: '7.0' }, ok: 1 })],
  ['connectionstatus', () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 })],
  ['whatsmyuri', (_, client) => ({ you: client.peer, ok: 1 })],
  ['getlog', () => ({ totalLinesWritten: 0, log: [], ok: 1 })],
  ['getcmdlineopts', () => ({ argv: [], parsed: {}, ok: 1 })],
  [
    'hostinfo',
    () => ({
      system: { currentTime: new Date(), numCores: 1 },
      os: { type: process.platform },
      extra: {},
      ok: 1,
    }),
  ],
  ['serverstatus', serverStatus],
  [
    'replsetgetstatus',
    (identity) => ({
      set: 'rs0',
      myState: 1,
      members: [{ _id: 0, name: identity.address, health: 1, state: 1, stateStr: 'PRIMARY', self: true }],
      ok: 1,
    }),
  ],
  ['saslstart', noAuthentication],
  ['saslcontinue', noAuthentication],
  ['authenticate', noAuthentication],
  ['logout', () => ({ ok: 1 })],
  [
    'explain',
    () => {
      throw failure(115, 'CommandNotSupported', 'explain is not supported by the local engine');
    },
  ],
]);

function noAuthentication(): never {
  throw failure(
    18,
    'AuthenticationFailed',
    'the local engine knows no users: leave the credentials out of the connection string',
  );
}
