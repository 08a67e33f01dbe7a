import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Logger } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { telemetryConfig } from '../../config/telemetry.config.js';
import { createRecorder, samplerOf } from './open-telemetry.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = { traceId, spanId: '00f067aa0ba902b7', traceFlags: 1, isRemote: true };

afterEach(() => vi.restoreAllMocks());

async function listen(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('samplers', () => {
  it.each([
    ['always_on', 'AlwaysOnSampler'],
    ['always_off', 'AlwaysOffSampler'],
    ['traceidratio', 'TraceIdRatioBased{0.25}'],
    [
      'parentbased_always_on',
      /^ParentBased\{root=AlwaysOnSampler, remoteParentSampled=AlwaysOnSampler, remoteParentNotSampled=AlwaysOffSampler/,
    ],
    ['parentbased_always_off', /^ParentBased\{root=AlwaysOffSampler, remoteParentSampled=AlwaysOnSampler/],
    ['parentbased_traceidratio', /^ParentBased\{root=TraceIdRatioBased\{0\.25\}/],
  ] as const)('%s is that of the specification', (sampler, expected) =>
    expect(samplerOf({ sampler, samplerRatio: 0.25 }).toString()).toMatch(expected),
  );
});

describe('the recorder', () => {
  it('sends what is left when it ends, as protobuf with the headers that are set', async () => {
    const taken: { path: string | undefined; type: string | undefined; token: unknown; body: Buffer }[] = [];
    await using collector = await listen((request, response) => {
      const { url: path, headers } = request;
      void buffer(request).then((body) => {
        taken.push({ path, type: headers['content-type'], token: headers['x-token'], body });
        response.end();
      });
    });
    const settings = { ...telemetryConfig(), headers: { 'x-token': 'abc' }, serviceName: 'ours' };
    const recorder = await createRecorder(settings, `${collector.url}/base/`, 'nexus-api');
    recorder.start('work', SpanKind.INTERNAL, parent).end();
    await recorder.end();
    expect(taken).toMatchObject([{ path: '/base/v1/traces', type: 'application/x-protobuf', token: 'abc' }]);
    expect(taken[0]?.body.includes(Buffer.from(traceId, 'hex'))).toBe(true);
    expect(taken[0]?.body.includes('ours')).toBe(true);
    expect(taken[0]?.body.includes('nexus-api')).toBe(false);
  });

  it.each([
    ['is away', undefined],
    ['never answers', () => undefined],
    ['refuses', (_, response) => response.writeHead(401).end('no')],
  ] satisfies [string, RequestListener | undefined][])(
    'goes on when the collector %s, and says so once',
    async (_, answer) => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const collector = await listen(answer ?? (() => undefined));
      if (answer === undefined) await collector[Symbol.asyncDispose]();
      const settings = { ...telemetryConfig(), timeout: 50, scheduleDelay: 10, maxQueueSize: 4 };
      const recorder = await createRecorder(settings, `${collector.url}?token=hidden`, 'nexus-api');
      for (let round = 0; round < 3; round++) {
        for (let count = 0; count < 10; count++) recorder.start('work', SpanKind.INTERNAL, parent).end();
        await vi.waitFor(() => expect(warn).toHaveBeenCalled(), { timeout: 10_000 });
      }
      await recorder.end();
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn).toHaveBeenCalledWith(
        expect.objectContaining({ collector: collector.url, lost: expect.any(Number) }),
        'spans cannot be exported now',
      );
      if (answer !== undefined) await collector[Symbol.asyncDispose]();
    },
  );
});
