import { generateKeyPairSync } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Json } from '../support/client.js';
import { Balancer } from './support/balancer.js';
import { Ground, until, type StartedApi } from './support/ground.js';

/** Clients that keep their connection for as long as they are let. */
const clients = 20;
/** Milliseconds between two requests of one client: the processes are to be restarted under load, not overrun. */
const pause = 10;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** How each request of a load ended: by its status, or by the code of what broke it off. */
class Load {
  readonly endings = new Map<string, number>();
  readonly accepted: number[] = [];
  slowest = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: clients });
  private readonly running: Promise<void>[];
  private stopped = false;
  private numbers = 0;

  constructor(
    private readonly url: string,
    private readonly authorization: string,
  ) {
    this.running = Array.from({ length: clients }, () => this.client());
  }

  get requests(): number {
    return [...this.endings.values()].reduce((sum, count) => sum + count, 0);
  }

  async end(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
    this.agent.destroy();
  }

  private async client(): Promise<void> {
    while (!this.stopped) {
      await this.send({ method: 'GET', path: '/api/users/me' });
      await this.send({ method: 'GET', path: '/api/users?limit=5' });
      const number = (this.numbers += 1);
      const body = { name: 'fault', data: { number } };
      if ((await this.send({ method: 'POST', path: '/api/queues/faults/jobs', body })) === '202') {
        this.accepted.push(number);
      }
    }
  }

  private async send(call: Call): Promise<string> {
    const start = performance.now();
    const ending = await this.exchange(call).catch((error: unknown) =>
      error instanceof Error && 'code' in error ? String(error.code) : String(error),
    );
    this.slowest = Math.max(this.slowest, performance.now() - start);
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
    await sleep(pause);
    return ending;
  }

  private exchange({ method, path, body }: Call): Promise<string> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: this.authorization,
        ...(text !== '' && { 'content-type': 'application/json', 'content-length': text.length }),
      };
      const asked = request(`${this.url}${path}`, { method, agent: this.agent, headers }, (answer) => {
        answer.on('error', reject);
        answer.on('end', () => resolve(String(answer.statusCode)));
        answer.resume();
      });
      asked.on('error', reject);
      asked.end(text);
    });
  }
}

it('three APIs are restarted one after the other under load: no request fails and no connection breaks', async () => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  await using ground = await Ground.over(
    {},
    { JWT_PRIVATE_KEYS: JSON.stringify([{ ...key, kid: 'shared' }]), SHUTDOWN_DELAY: '1s' },
  );
  const apis: StartedApi[] = [];
  for (let index = 0; index < 3; index += 1) apis.push(await ground.api());
  const ports = apis.map(({ url }) => new URL(url).port);
  await using balancer = await Balancer.before(ports.map(Number));

  const login = await fetch(`${balancer.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: ground.settings['ADMIN_EMAIL'],
      password: ground.settings['ADMIN_PASSWORD'],
    }),
  });
  const { data }: Json = JSON.parse(await login.text());
  const load = new Load(balancer.url, `Bearer ${String(data?.accessToken)}`);
  const drains: number[] = [];
  const boots: number[] = [];
  const exits: (number | string)[] = [];
  for (const [index, { program }] of apis.entries()) {
    const before = load.requests;
    await until('it is under load', () => load.requests > before + 10 * clients);
    const asked = Date.now();
    exits.push(await program.end('SIGTERM'));
    const ended = Date.now();
    await ground.api({ PORT: ports[index] ?? '' });
    drains.push(ended - asked);
    boots.push(Date.now() - ended);
  }
  const last = load.requests;
  await until('all three serve', () => load.requests > last + 10 * clients);
  await load.end();

  const stored = new Set(
    (await ground.database.collection('jobs').find({ queue: 'faults' }).toArray()).map((row) =>
      Number(row['data'].number),
    ),
  );
  ground.print('three APIs restarted one after the other', {
    requests: load.requests,
    endings: Object.fromEntries(load.endings),
    accepted: load.accepted.length,
    lost: load.accepted.filter((number) => !stored.has(number)).length,
    slowestMs: Math.round(load.slowest),
    drainsMs: drains,
    bootsMs: boots,
  });
  expect(exits).toEqual([0, 0, 0]);
  expect([...load.endings.keys()].filter((ending) => !ending.startsWith('2'))).toEqual([]);
  expect(load.accepted.filter((number) => !stored.has(number))).toEqual([]);
});
