import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { RunningApi } from '../support/app.js';
import { Client, type Json, type Reply } from '../support/client.js';

export const password = 'Another-Horse-8-Battery';

export interface LoggedIn {
  readonly client: Client;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export function loggedIn(url: string, { status, text, body }: Reply): LoggedIn {
  if (status !== 200) throw new Error(`no tokens: ${text}`);
  const accessToken = String(body.data?.accessToken);
  return { client: new Client(url, accessToken), accessToken, refreshToken: String(body.data?.refreshToken) };
}

/** Makes an active user and returns a way to log in as them. */
export async function createUser(api: RunningApi, email: string): Promise<() => Promise<LoggedIn>> {
  const admin = await api.asAdministrator();
  const created = await admin.post('/api/users', { email, name: 'Ada', password });
  if (created.status !== 201) throw new Error(created.text);
  return async () => loggedIn(api.url, await api.client.post('/api/auth/login', { email, password }));
}

export function refresh(api: RunningApi, refreshToken: string): Promise<Reply> {
  return api.client.post('/api/auth/refresh', { refreshToken });
}

export function collection(api: RunningApi, name: string): ReturnType<Connection['collection']> {
  const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
  return connection.collection(name);
}

/** The id of the session that an access token belongs to. */
export function sessionIdOf(accessToken: string): string {
  const claims: Json = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  return String(claims.sid);
}

/** The audit entries and the signals that were written for a session, in their order. */
export async function tracesOf(api: RunningApi, sessionId: string) {
  const entries = await collection(api, 'auditEntries')
    .find({ 'target.id': sessionId })
    .sort({ at: 1 })
    .toArray();
  const signals = await collection(api, 'signals').find({ kind: 'session', id: sessionId }).toArray();
  return {
    entries: entries.map(({ action, outcome }) => `${action} ${outcome}`),
    signals: signals.length,
  };
}

export const outcome = ({ status, body }: Reply) => [status, body.code];

/** What every refresh token that is not good is answered. */
export const invalid = {
  status: 401,
  statusCode: 401,
  success: false,
  code: 'INVALID_REFRESH_TOKEN',
  message: 'Invalid refresh token: log in again',
  cacheControl: 'no-store',
};

export async function refusalOf(api: RunningApi, refreshToken: string) {
  const { status, body, headers } = await refresh(api, refreshToken);
  const { requestId: _, ...answer } = body;
  return { status, ...answer, cacheControl: headers.get('cache-control') };
}
