import { join } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ReplyError } from 'ioredis';
import { DomainError } from '../../../common/domain-error.js';
import { Breaker } from '../../../infrastructure/redis/breaker.js';
import { QueueRedis } from '../../../infrastructure/redis/queue-redis.js';
import { JobCatalogue } from '../../../jobs/catalogue/catalogue.js';
import { Queues } from '../../../jobs/queues.js';
import { BoardAssets, readPage, type BoardFile } from './board-files.js';
import { BoardRoutes, type BoardQuery } from './board-routes.js';
import { ShownQueue } from './shown-queue.js';

export const boardPath = '/admin/queues';
/** Milliseconds that the board may take to look into the queues: a page of it is dozens of commands. */
const timeLimit = 1_000;
/** As in the lists of REST. Bull Board itself would read and answer a million. */
const mostJobsPerPage = 100;
const nothing = { status: 404, body: {} } as const;

/** Bull Board over the queues of this process and its connection to them: everything to see, nothing to change. */
@Injectable()
export class BoardService implements OnModuleInit {
  private readonly logger = new Logger('Board');
  private readonly routes = new BoardRoutes();
  /** Of its own: that of the optional calls opens after 50 ms, and with it the cache and the limits would go. */
  private readonly breaker = new Breaker({
    timeLimit,
    isRefusal: (error) => error instanceof ReplyError,
    warn: (error, message) => this.logger.warn({ err: error }, message),
    healed: () => this.logger.log('the queues can be seen again'),
  });
  private assets = new BoardAssets('');
  private page: Promise<BoardFile> | undefined;

  constructor(
    private readonly queues: Queues,
    private readonly catalogue: JobCatalogue,
    private readonly redis: QueueRedis,
  ) {}

  onModuleInit(): void {
    createBullBoard({
      queues: this.catalogue.queues.map((name) => new ShownQueue(this.queues.get(name), this.catalogue)),
      serverAdapter: this.routes,
      options: {
        uiConfig: {
          boardTitle: 'Nexus queues',
          hideDocsLink: true,
          // Of the server behind the queues its probes tell what its users need to know.
          hideRedisDetails: true,
        },
      },
    });
    this.assets = new BoardAssets(this.routes.assets);
  }

  /** The page, wherever in it one looks, or something that it loads. @throws DomainError not-found / PAGE_NOT_FOUND. */
  async file(path: string): Promise<BoardFile> {
    const asset = path.startsWith('/static/')
      ? await this.assets.find(path.slice('/static/'.length))
      : undefined;
    if (asset !== undefined) return asset;
    if (!this.routes.isPage(path)) throw notFound();
    return (this.page ??= this.readPage());
  }

  /**
   * What the page asks of its API.
   * @throws DomainError not-found / PAGE_NOT_FOUND; invalid / VALIDATION_FAILED; unavailable / QUEUES_UNAVAILABLE.
   */
  async data(path: string, query: BoardQuery): Promise<unknown> {
    if (!path.startsWith('/api/')) throw notFound();
    if (Number(query['jobsPerPage']) > mostJobsPerPage) throw notTaken();
    const answer =
      this.redis.producer.status === 'ready'
        ? await this.breaker.run(async () => (await this.routes.call(path, query)) ?? nothing)
        : undefined;
    if (answer === undefined) {
      throw new DomainError('unavailable', 'QUEUES_UNAVAILABLE', 'The queues cannot be seen: Redis is away', {
        retryAfter: 1,
      });
    }
    const { status = 200, body } = answer;
    if (status === 400) throw notTaken();
    if (status >= 400) throw notFound();
    return body;
  }

  private readPage(): Promise<BoardFile> {
    const { file, values } = this.routes.page(boardPath);
    return readPage(join(this.routes.views, file), values);
  }
}

function notTaken(): DomainError {
  return new DomainError('invalid', 'VALIDATION_FAILED', 'The board does not take that');
}

function notFound(): DomainError {
  return new DomainError('not-found', 'PAGE_NOT_FOUND', 'The board has nothing there');
}
