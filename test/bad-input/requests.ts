import { Agent, request as httpRequest } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Milliseconds. */
  readonly took: number;
}

export interface Call {
  readonly method: string;
  /** Sent as it is: nothing is normalised on the way. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A call that must be refused, and how. */
export interface Case extends Call {
  readonly title: string;
  readonly statuses: readonly number[];
  readonly code?: RegExp;
  /** What the answer has to name. */
  readonly field?: string;
}

/** Milliseconds. Far more than any answer takes: what is beyond hangs. */
const patience = 20_000;
const concurrency = 8;

/** Sends what fetch would refuse to send, or would tidy up first. */
export class Caller implements Disposable {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: concurrency });

  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  /** @throws Error when no whole answer came within 20 s. */
  call({ method, path, headers = {}, body }: Call): Promise<Reply> {
    const { hostname, port } = new URL(this.url);
    const begin = performance.now();
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          hostname,
          port,
          method,
          path,
          agent: this.agent,
          signal: AbortSignal.timeout(patience),
          headers: {
            ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
              took: performance.now() - begin,
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** What is wrong with the answers to these, a line each; empty when all were refused as they must be. */
  async problemsOf(cases: readonly Case[]): Promise<string[]> {
    const answers = await inParallel(cases, (one) =>
      this.call(one).then(
        (reply) => problemsWith(one, reply),
        (error: unknown) => [`no answer: ${String(error)}`],
      ),
    );
    return cases.flatMap(({ title }, index) =>
      (answers[index] ?? []).map((problem) => `${title}: ${problem}`),
    );
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const [index, item] of entries) results[index] = await work(item);
    }),
  );
  return results;
}

const foreignWords =
  /mongo|bson|E11000|cast to|objectid|redis|bullmq|postgres|documentdb|SyntaxError|TypeError|\bat .*\.[jt]s\b|node_modules|FST_|HPE_|ERR_|ECONN|class-validator|unexpected token|"stack"/i;
const envelopeFields = new Set(['statusCode', 'message', 'success', 'code', 'errors', 'requestId']);

/** Whether this is a failure as it must look, whoever gave it: one line for each thing that it is not. */
export function problemsWithFailure({ status, headers, text }: Reply): string[] {
  const problems: string[] = [];
  if (status >= 500) problems.push(`a ${status}`);
  if (foreignWords.test(text)) problems.push(`words of something beneath: ${text.slice(0, 300)}`);
  const body: Record<string, unknown> = { ...jsonOf(text) };
  const isEnvelope =
    body['statusCode'] === status &&
    body['success'] === false &&
    typeof body['code'] === 'string' &&
    typeof body['message'] === 'string' &&
    Object.keys(body).every((name) => envelopeFields.has(name));
  if (!isEnvelope) problems.push(`not in the envelope: ${text.slice(0, 300)}`);
  if (typeof headers['x-request-id'] !== 'string' || body['requestId'] !== headers['x-request-id'])
    problems.push('not the request id of its header');
  return problems;
}

function problemsWith({ statuses, code, field }: Case, reply: Reply): string[] {
  const seen = `${reply.status} ${reply.text.slice(0, 300)}`;
  if (reply.status < 400) return [`taken: ${seen}`];
  const problems = problemsWithFailure(reply);
  const body: { code?: unknown; errors?: { path: string }[] } = jsonOf(reply.text);
  if (!statuses.includes(reply.status)) problems.push(`${statuses.join(' or ')} was expected: ${seen}`);
  else if (code !== undefined && !code.test(String(body.code)))
    problems.push(`${code} was expected: ${seen}`);
  if (field !== undefined && !(body.errors ?? []).some(({ path }) => isAbout(path, field)))
    problems.push(`'${field}' was to be named: ${seen}`);
  return problems;
}

/** A list is named for what is wrong with an element of it, and an object for a field of it that it needs. */
function isAbout(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`);
}

function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
