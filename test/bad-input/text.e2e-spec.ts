import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client, Json } from '../support/client.js';
import { fastest } from '../support/fastest.js';

let api: RunningApi;
let admin: Client;

beforeAll(async () => {
  api = await startApi();
  admin = await api.asAdministrator();
});
afterAll(() => api?.close());

/** Addresses that look like the administrator's, admin@nexus.test, and are not it. */
const lookalikes = [
  ['a Cyrillic a', '\u0430dmin@nexus.test'],
  ['a Cyrillic i', 'adm\u0456n@nexus.test'],
  ['a fullwidth a', '\uff41dmin@nexus.test'],
  ['a mathematical a', '\u{1d41a}dmin@nexus.test'],
  ['a dotless i', 'adm\u0131n@nexus.test'],
  ['a capital I with a dot', 'ADM\u0130N@NEXUS.TEST'],
  ['an accent that is combined', 'a\u0301dmin@nexus.test'],
  ['a Cyrillic e in the domain', 'admin@n\u0435xus.test'],
  ['a fullwidth full stop in the domain', 'admin@nexus\uff0etest'],
  ['an ideographic full stop in the domain', 'admin@nexus\u3002test'],
  ['a long s in the domain', 'admin@nexu\u017f.test'],
  ['the domain in Punycode', 'admin@xn--nxus-s9d.test'],
  ['a zero-width space', 'admin\u200b@nexus.test'],
  ['a soft hyphen', 'ad\u00admin@nexus.test'],
  ['text from right to left', '\u202eadmin@nexus.test'],
  ['a comment', 'admin(a)@nexus.test'],
  ['quotes', '"admin"@nexus.test'],
  ['a line break', 'admin@nexus.test\r\nBcc: eve@evil.example'],
  ['two addresses', 'admin@nexus.test,eve@evil.example'],
  ['a name', 'Admin <admin@nexus.test>'],
  ['an at sign too many', 'admin@nexus.test@evil.example'],
  ['a route', '@evil.example:admin@nexus.test'],
  ['a percent sign as a route', 'admin%nexus.test@evil.example'],
] as const;

describe('an address that looks like another', () => {
  it.each(lookalikes)('%s: is not the account that it looks like', async (_, email) => {
    const login = await api.client.post('/api/auth/login', { email, password: administrator.password });
    expect([400, 401]).toContain(login.status);
    const made = await admin.post('/api/users', { email, name: 'Eve' });
    // Either nobody can have it, or somebody else has it: never one who has it already.
    expect([400, 201]).toContain(made.status);
    if (made.status === 400) expect(made.body.errors?.[0]?.path).toBe('email');
    else expect(made.body.data?.email).not.toBe(administrator.email);
  });

  it.each([
    ['capitals', 'ADMIN@Nexus.Test'],
    ['spaces around it', '  admin@nexus.test '],
  ])('%s: is the same account', async (_, email) => {
    expect(
      (await api.client.post('/api/auth/login', { email, password: administrator.password })).status,
    ).toBe(200);
    expect((await admin.post('/api/users', { email, name: 'Eve' })).status).toBe(409);
  });

  it('is one however its accents are written', async () => {
    const made = await admin.post('/api/users', { email: 'zo\u00eb@example.com', name: 'Zo\u00eb' });
    const again = await admin.post('/api/users', { email: 'zoe\u0308@example.com', name: 'Zo\u00eb' });
    expect([made.status, again.status]).toEqual(made.status === 201 ? [201, 409] : [400, 400]);
  });
});

describe('what is searched for', () => {
  const victim = `${'a'.repeat(60)}!@example.com`;

  beforeAll(async () => {
    const reply = await admin.post('/api/users', { email: victim, name: `${'a'.repeat(90)}!` });
    expect(reply.status).toBe(201);
  });

  const search = async (text: string) => admin.get(`/api/users?search=${encodeURIComponent(text)}`);

  it.each([
    '(a+)+$',
    '(a+)+@',
    '(a|aa)+$@',
    '(.*a){20}@',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '.*',
    '.*@',
    '^a@',
    '[[:alpha:]]+@',
    '\\x61@',
    'a{1,99999}@',
    '(?=a)@',
    '%@',
    '_@',
    '$where: sleep(1000)',
    '{"$ne": null}@',
    `${'('.repeat(99)}@`,
    `${'a'.repeat(99)}@`,
    '"a" -b "',
    '" OR 1=1 --',
    "'; DROP TABLE users; --@",
    ':*|&!<->',
    "a' & 'b",
    '\\',
    '🦄@',
  ])('%j is text: nobody is found by it, within 100 ms', async (text) => {
    const took = await fastest(100, async () => {
      const reply = await search(text);
      expect([reply.text, reply.status]).toEqual([expect.any(String), 200]);
      const found: Json[] = Array.isArray(reply.body.data) ? reply.body.data : [];
      if (text.includes('@')) expect(found).toEqual([]);
    });
    // What is slow for its text is slow each time.
    expect(took).toBeLessThan(100);
  });

  it('finds whom it names', async () => {
    const { body } = await search(`${'a'.repeat(60)}!@`);
    expect(Array.isArray(body.data) && body.data.length).toBe(1);
  });
});

describe('any JSON as the data of a job', () => {
  const path = '/api/queues/data-processing/jobs';
  const enqueue = (item: string) => admin.post(path, `{"name":"process-items","data":{"items":[${item}]}}`);

  it.each([
    ['operators', '{"$ne":null,"$where":"sleep(1000)"}'],
    ['a field without a name', '{"":1}'],
    ['dots', '{"a.b":{"c.d":1},".":1}'],
    ['a NUL in text', '"a\\u0000b"'],
    ['2^53-1', '9007199254740991'],
    ['the largest number', '1.7976931348623157e308'],
    ['what BSON looks like in JSON', '{"$oid":"zz","$numberLong":"a","$date":"never","$code":"while(1){}"}'],
    ['a promise', '{"then":"a","toJSON":"a"}'],
    ['24 levels', `${'['.repeat(24)}1${']'.repeat(24)}`],
  ])('with %s is kept as it was', async (_, item) => {
    const reply = await enqueue(item);
    expect([reply.text, reply.status]).toEqual([expect.any(String), 202]);
    const job = await admin.get(`${path}/${String(reply.body.data?.id)}`);
    expect(job.body.data?.data).toEqual({ items: [JSON.parse(item)] });
  });

  it.each([
    ['a NUL in a name', '{"a\\u0000b":1}'],
    ['a type of the driver', '{"_bsontype":"Timestamp"}'],
    ['an id of the driver', '{"_bsontype":"ObjectId","id":"a"}'],
    ['2^53+1', '9007199254740993'],
    ['1e400', '1e400'],
    ['an inherited name', '{"toString":1}'],
  ])('with %s, which could not be kept, is a 400', async (_, item) => {
    const reply = await enqueue(item);
    expect([reply.text, reply.status]).toEqual([expect.stringContaining('"path":"data.items.0'), 400]);
  });

  it.each([
    ['half a surrogate pair', '"\\ud800"'],
    ['half a surrogate pair in a name', '{"\\udfff":1}'],
    ['-0', '-0'],
  ])('with %s is taken for what is nearest', async (_, item) => {
    const reply = await enqueue(item);
    expect(reply.status).toBe(202);
    expect((await admin.get(`${path}/${String(reply.body.data?.id)}`)).status).toBe(200);
  });
});
