import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { interpolate } from './interpolation.js';

const root = resolve(import.meta.dirname, '../../..');
const file = (name: string): string => readFileSync(resolve(root, name), 'utf8');
const text = file('docker-compose.yml');
const schema: AnySchemaObject = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'compose-spec.schema.json'), 'utf8'),
);

interface Service {
  command?: string[];
  entrypoint?: string[];
  ports?: string[];
  networks?: string[];
  restart?: string;
  environment?: Record<string, string | number>;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
}
interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
}

const secrets = {
  MONGODB_PASSWORD: 'aMongoPassword',
  REDIS_PASSWORD: 'aRedisPassword',
  JWT_PRIVATE_KEYS: '[{"kid":"1"}]',
  REFRESH_SECRETS: 'r'.repeat(32),
  CSRF_SECRET: 'f'.repeat(32),
  CURSOR_SECRET: 'c'.repeat(32),
  API_KEY_PEPPERS: `v1:${'p'.repeat(32)}`,
};
const read = (environment: Record<string, string>): Compose =>
  parse(text, (_key, value) => (typeof value === 'string' ? interpolate(value, environment) : value), {
    merge: true,
  });
const compose = read(secrets);
const services: Compose = parse(file('docker-compose.services.yml'));
// The specification names its dialect by an address that ajv does not know; the dialect is draft 7.
const { $schema: dialect, ...rules } = schema;
const validate = new Ajv({ strict: false, allErrors: true }).compile(rules);
const errorsOf = (file: unknown): unknown => (validate(file) ? [] : validate.errors);

const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`no service ${name} in docker-compose.yml`);
  return found;
};
const after = (list: string[] = [], flag: string): string | undefined => list[list.indexOf(flag) + 1];

describe('docker-compose.yml', () => {
  it('is valid by the Compose Specification', () => {
    expect(dialect).toMatch(/draft-07/);
    expect(errorsOf(compose)).toEqual([]);
    expect(validate({ services: { api: { imagee: 'nexus' } } })).toBe(false);
  });

  it('runs the database, Redis, the API and the worker, each watched and started again', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual([
      'api',
      'indexes',
      'mongodb',
      'redis',
      'worker',
    ]);
    for (const name of ['mongodb', 'redis', 'api', 'worker']) {
      expect(service(name).healthcheck?.test?.length, name).toBeGreaterThan(1);
      expect(service(name).restart, name).toBe('unless-stopped');
    }
    expect(service('api').healthcheck?.test?.join(' ')).toContain(':3000/health/ready');
    expect(service('worker').healthcheck?.test?.join(' ')).toContain(':3001/health/ready');
    expect(service('worker').command).toContain('dist/worker.js');
    expect(service('indexes')).toMatchObject({ restart: 'no', healthcheck: { disable: true } });
  });

  it('waits for what a service needs', () => {
    const needs = {
      mongodb: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
      indexes: { condition: 'service_completed_successfully' },
    };
    expect(service('api').depends_on).toEqual(needs);
    expect(service('worker').depends_on).toEqual(needs);
  });

  it('makes MongoDB a replica set with a password, and keeps its data', () => {
    const { entrypoint, healthcheck, volumes } = service('mongodb');
    expect(entrypoint?.join(' ')).toMatch(/mongod --replSet rs0 .*--keyFile/);
    expect(healthcheck?.test?.join(' ')).toMatch(/rs\.initiate\(\{ _id: "rs0".*isWritablePrimary/);
    expect(volumes).toEqual(['mongo-data:/data/db']);
    expect(service('api').environment?.['MONGODB_URI']).toContain('replicaSet=rs0');
  });

  it('lets Redis neither evict nor forget, and asks for a password', () => {
    const { command, volumes } = service('redis');
    expect(after(command, '--appendonly')).toBe('yes');
    expect(after(command, '--maxmemory-policy')).toBe('noeviction');
    expect(after(command, '--requirepass')).toBe(secrets.REDIS_PASSWORD);
    expect(volumes).toEqual(['redis-data:/data']);
  });

  it('publishes the API on loopback and nothing else', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port}`),
    );
    expect(published).toEqual(['api 127.0.0.1:3000:3000']);
    expect(compose.networks['data']).toEqual({ internal: true });
    expect([service('mongodb').networks, service('redis').networks]).toEqual([['data'], ['data']]);
  });

  it.each(Object.keys(secrets))('refuses to start without %s', (missing) => {
    const others = Object.fromEntries(Object.entries(secrets).filter(([name]) => name !== missing));
    expect(() => read(others)).toThrow(`${missing} is missing: set it to`);
  });

  it('has no secret of its own', () => {
    expect(text).not.toMatch(/\$\{\w*(PASSWORD|SECRET|KEYS?)\w*(:?-|\})/);
    expect(text).not.toMatch(/(PASSWORD|SECRET|KEYS?): (?!\$\{)\S/);
  });
});

describe('docker-compose.services.yml', () => {
  it('is valid by the Compose Specification', () => {
    expect(errorsOf(services)).toEqual([]);
  });

  it('gives what .env.example says by default, on loopback only', () => {
    const { mongodb, redis } = services.services;
    expect([mongodb?.ports, redis?.ports]).toEqual([['127.0.0.1:27017:27017'], ['127.0.0.1:6379:6379']]);
    expect(after(mongodb?.command, '--replSet')).toBe('rs0');
    expect(after(redis?.command, '--maxmemory-policy')).toBe('noeviction');
    const settings = file('.env.example');
    expect(settings).toMatch(/^#MONGODB_URI=mongodb:\/\/127\.0\.0\.1:27017\/\w+\?replicaSet=rs0$/m);
    expect(settings).toMatch(/^#REDIS_URL=redis:\/\/127\.0\.0\.1:6379$/m);
  });
});
