import { spawn } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../tools/services/documentdb/engine.js';
import { identityOf } from '../../tools/services/process/identity.js';
import { unprivilegedUser } from '../../tools/services/process/user.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import type { RunningService } from '../../tools/services/index.js';
import { ask, listeningAddresses, noDebian, removeScratch, scratchFolder } from './scratch.js';
import { compiled, noScripts, Script } from './script.js';

const reason = noDebian() ?? (await noScripts(null));

describe.skipIf(reason !== null)(`a kept engine${reason === null ? '' : ` (${reason})`}`, () => {
  let folder: string;
  let service: RunningService;
  let lines: string[];

  async function start(): Promise<void> {
    const asked = ask(folder);
    lines = asked.lines;
    service = await startEngine(asked.request);
  }

  beforeAll(async () => {
    folder = scratchFolder();
    await start();
  }, 240_000);
  afterAll(async () => {
    await service.stop();
    removeScratch(folder);
  });

  async function insert(count: number): Promise<number> {
    const client = new MongoClient(service.uri, { serverSelectionTimeoutMS: 20_000 });
    try {
      const documents = client.db().collection('kept');
      for (let index = 0; index < count; index += 1) await documents.insertOne({ at: index });
      return await documents.countDocuments();
    } finally {
      await client.close();
    }
  }

  const pidOf = (name: string): number => service.processes().find((one) => one.name === name)?.pid ?? -1;

  it('keeps its address and its data from run to run', async () => {
    const { uri, postgresPort } = service;
    const before = await insert(3);
    const pids = service.processes().map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    await service.stop();
    expect(pids.map((pid) => identityOf(pid))).toEqual([null, null]);
    await start();
    expect([service.uri, service.postgresPort]).toEqual([uri, postgresPort]);
    expect(await insert(0)).toBe(before);
  });

  it.each(['postgres', 'gateway'])('comes back with its data after a SIGKILL of its %s', async (victim) => {
    const { uri } = service;
    const before = await insert(5);
    const killed = pidOf(victim);
    process.kill(killed, 'SIGKILL');
    expect(await waitUntil(() => lines.includes(`${victim} is up again`), 20_000)).toBe(true);
    expect(pidOf(victim)).not.toBe(killed);
    expect(service.uri).toBe(uri);
    expect(await insert(0)).toBe(before);
  });

  it('starts although another program has the pid of a killed postgres by now', async () => {
    await service.stop();
    const user = await unprivilegedUser();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', cwd: '/', ...user });
    const data = join(folder, 'data/documentdb/data');
    const file = join(data, 'postmaster.pid');
    writeFileSync(file, `${stranger.pid}\n${data}\n1\n${service.postgresPort}\n\n127.0.0.1\n0 0\nready\n`, {
      mode: 0o600,
    });
    if (user !== null) chownSync(file, user.uid, user.gid);
    try {
      await start();
      expect(await insert(1)).toBeGreaterThan(0);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  it('listens on loopback only and lets nobody in without its password', async () => {
    const ports = [Number(new URL(service.uri).port), service.postgresPort ?? 0];
    for (const port of ports) expect(listeningAddresses(port)).toEqual([expect.stringMatching(/^0100007F:/)]);
    const address = {
      host: '127.0.0.1',
      port: service.postgresPort ?? 0,
      user: 'nexus',
      database: 'postgres',
    };
    const stranger = new pg.Client({ ...address, password: 'guessed' });
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
    expect(readFileSync(`/proc/${pidOf('gateway')}/cmdline`, 'utf8')).not.toContain(service.postgresPassword);
  });

  it('waits for the disk when it must keep its data', async () => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: service.postgresPort ?? 0,
      user: 'nexus',
      database: 'postgres',
      password: service.postgresPassword ?? '',
    });
    await client.connect();
    const { rows } = await client.query('select current_setting($1) as fsync, current_setting($2) as sort', [
      'fsync',
      'enable_sort',
    ]);
    await client.end();
    expect(rows).toEqual([{ fsync: 'on', sort: 'off' }]);
  });

  it('loses its gateway together with the run that was killed', async () => {
    const own = scratchFolder();
    const text = `
      import { startEngine } from '${compiled('documentdb/engine.js')}';
      import { endLeftovers } from '${compiled('index.js')}';
      const request = { folder: ${JSON.stringify(own)}, durable: false, env: process.env, report: () => {}, supervise: true };
      await endLeftovers(request.folder, console.log);
      const service = await startEngine(request);
      console.log(JSON.stringify(service.processes()));
      setInterval(() => {}, 1000);`;
    try {
      const script = Script.run(text, own, process.env);
      const pids = pidsOf(await script.line(/^\[/, 30_000));
      script.child.kill('SIGKILL');
      await script.exited;
      expect(await waitUntil(() => identityOf(pids['gateway'] ?? -1) === null, 10_000)).toBe(true);
      expect(identityOf(pids['postgres'] ?? -1)).not.toBeNull();
      const next = Script.run(
        text.replace('setInterval(() => {}, 1000)', 'await service.stop()'),
        own,
        process.env,
      );
      await next.line(/^Ending postgres/, 30_000);
      expect(await next.exited).toBe(0);
      expect(identityOf(pids['postgres'] ?? -1)).toBeNull();
    } finally {
      removeScratch(own);
    }
  });
});

/** The processes that a script printed, by name. */
function pidsOf(line: string): Record<string, number> {
  const processes = [...line.matchAll(/"name":"(\w+)","pid":(\d+)/g)];
  return Object.fromEntries(processes.map(([, name = '', pid = '']) => [name, Number(pid)]));
}
