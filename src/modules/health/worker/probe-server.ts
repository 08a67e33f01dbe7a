import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { httpConfig } from '../../../config/http.config.js';
import { jobsConfig } from '../../../config/jobs.config.js';
import { failureOfStatus } from '../../../http/failure.js';
import { answerClientError } from '../../../http/client-errors.js';
import { requestIdOf } from '../../../http/request-id.js';
import { live } from '../liveness.js';
import { Readiness } from '../readiness.js';
import type { ProbeReport } from '../terminus-report.js';
import { WorkerMetrics, type PlainAnswer } from './worker-metrics.js';

type Answering = (request: IncomingMessage, requestId: string) => PlainAnswer | Promise<PlainAnswer>;

const json = 'application/json; charset=utf-8';

/** A prober has no reason to be slow; milliseconds. */
const requestTimeout = 10_000;

/**
 * Answers GET /health/live, /health/ready and /metrics for a worker on WORKER_PORT. It stops last, so that whoever asks during
 * a shutdown hears 503 for as long as jobs are being finished.
 */
@Injectable()
export class ProbeServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ProbeServer.name);
  private readonly server = createServer(
    { requestTimeout, headersTimeout: requestTimeout },
    (request, response) => this.serve(request, response),
  );

  private readonly answers: ReadonlyMap<string, Answering>;

  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: WorkerMetrics,
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
    @Inject(jobsConfig.KEY) private readonly jobs: ConfigType<typeof jobsConfig>,
  ) {
    this.answers = new Map<string, Answering>([
      ['/health/live', () => answerOf({ healthy: true, body: live })],
      ['/health/ready', async () => answerOf(await this.readiness.ofWorker())],
      ['/metrics', (request, requestId) => this.metrics.answer(request, requestId)],
    ]);
  }

  /** The port that it listens on: another one than WORKER_PORT when that is 0. @throws Error before the start. */
  get port(): number {
    const address: AddressInfo | string | null = this.server.address();
    if (address === null || typeof address === 'string')
      throw new Error('The worker probe does not listen yet');
    return address.port;
  }

  /** @throws Error when the port is taken. */
  async onApplicationBootstrap(): Promise<void> {
    this.server.on('clientError', answerClientError);
    this.server.listen(this.jobs.workerPort, this.http.host);
    await once(this.server, 'listening');
    this.logger.log(`worker probe at http://${this.http.host}:${this.port}/health/ready`);
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const requestId = requestIdOf(request);
    response.setHeader('X-Request-ID', requestId);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const [path = ''] = (request.url ?? '').split('?');
    const answering = this.answers.get(path);
    if (answering === undefined) return send(request, response, failed(404, requestId));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return send(request, response, failed(405, requestId));
    }
    Promise.resolve(answering(request, requestId))
      .then((answer) => send(request, response, answer))
      .catch((error: unknown) => {
        this.logger.error({ err: error }, 'a probe failed');
        send(request, response, failed(500, requestId));
      });
  }
}

function answerOf({ healthy, body }: ProbeReport): PlainAnswer {
  return { status: healthy ? 200 : 503, contentType: json, text: JSON.stringify(body) };
}

function failed(status: number, requestId: string): PlainAnswer {
  return { status, contentType: json, text: JSON.stringify(failureOfStatus(status, requestId)) };
}

function send(request: IncomingMessage, response: ServerResponse, answer: PlainAnswer): void {
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType,
    'Content-Length': Buffer.byteLength(answer.text),
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : answer.text);
  // A body nobody reads must not hold the connection.
  request.resume();
}
