import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import createRouter from 'find-my-way';

type ApiAnswer = Awaited<ReturnType<AppControllerRoute['handler']>>;
/** What a browser may have put into a query; the board checks it itself. */
export type BoardQuery = Readonly<Record<string, unknown>>;

/**
 * What Bull Board wants to be served, kept for a controller that serves it as everything else is served: Bull Board's own
 * servers know nothing of guards. Of its API only what reads is kept.
 */
export class BoardRoutes implements IServerAdapter {
  private readonly router = createRouter();
  private queues: BullBoardQueues = new Map();
  private uiConfig: UIConfig = {};
  private entry: AppViewRoute | undefined;
  /** The folder with the page's template. */
  views = '';
  /** The folder with what the page loads. */
  assets = '';

  setQueues(queues: BullBoardQueues): this {
    this.queues = queues;
    return this;
  }

  setViewsPath(path: string): this {
    this.views = path;
    return this;
  }

  setStaticPath(_route: string, path: string): this {
    this.assets = path;
    return this;
  }

  setEntryRoute(route: AppViewRoute): this {
    this.entry = route;
    for (const url of [route.route].flat()) this.router.on('HEAD', url, () => undefined);
    return this;
  }

  /** Errors go to the filter that all others go to. */
  setErrorHandler(): this {
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    for (const { method, route, handler } of routes) {
      if (![method].flat().includes('get')) continue;
      for (const url of [route].flat()) this.router.on('GET', url, () => undefined, { handler });
    }
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.uiConfig = config;
    return this;
  }

  /** Whether the page shows something at this path, e.g. '/queue/email'. */
  isPage(path: string): boolean {
    return this.router.find('HEAD', path) !== null;
  }

  /** The template's file and what stands in it. */
  page(basePath: string): { file: string; values: Readonly<Record<string, string>> } {
    if (this.entry === undefined) throw new Error('Bull Board has not said what its page is');
    const { name, params } = this.entry.handler({ basePath, uiConfig: this.uiConfig });
    return { file: name, values: params };
  }

  /** The API's answer to a GET of a path like '/api/queues'; undefined when it has no such path. */
  async call(path: string, query: BoardQuery): Promise<ApiAnswer | undefined> {
    const found = this.router.find('GET', path);
    if (found === null) return undefined;
    const { handler }: Pick<AppControllerRoute, 'handler'> = found.store;
    const { queues, uiConfig } = this;
    try {
      const request = { queues, uiConfig, query: { ...query }, params: found.params, body: {}, headers: {} };
      return await handler(request);
    } catch (error) {
      // It decodes names of queues once more.
      if (error instanceof URIError) return { status: 400, body: {} };
      throw error;
    }
  }
}
