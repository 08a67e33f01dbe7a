import { request as httpsRequest, type RequestOptions } from 'node:https';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DryMongoBinary } from 'mongodb-memory-server-core/lib/util/DryMongoBinary.js';
import { MongoBinaryDownload } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownload.js';
import { cached } from '../cache.js';
import { megabytes, step } from '../progress.js';
import { ServiceUnavailableError, type Report } from '../service.js';

const CONNECT_MS = 5_000;

/**
 * The path of MongoDB's own mongod, fetched into the cache when it isn't there yet.
 * @throws ServiceUnavailableError when there is none for this machine, or no connection is made within 5 s.
 */
export async function downloadedMongod(cache: string, report: Report): Promise<string> {
  const options = await DryMongoBinary.generateOptions().catch((error: unknown) => {
    throw new ServiceUnavailableError(`there is no MongoDB download for this machine (${words(error)})`);
  });
  const name = `mongod-${options.version}-${options.platform}-${options.arch}`;
  const entry = await cached(cache, name, report, async ({ work }) => {
    const download = new Download({ ...options, downloadDir: work });
    const text = `Downloading MongoDB ${options.version}`;
    const path = await step(
      report,
      text,
      () => download.getMongodPath(),
      () => download.progress(),
    ).catch((error: unknown) => {
      throw new ServiceUnavailableError(`MongoDB's download failed (${words(error)})`);
    });
    const result = join(work, 'result');
    mkdirSync(result);
    renameSync(path, join(result, 'mongod'));
    return { result, note: options.version };
  });
  return join(entry.path, 'mongod');
}

class Download extends MongoBinaryDownload {
  progress(): string {
    const { current, length } = this.dlProgress;
    return length === 0 ? 'connecting' : `${megabytes(current)} of ${megabytes(length)}`;
  }

  /** Its own line would go to the standard output; ours goes where all lines go. */
  override printDownloadProgress(chunk: { length: number }): void {
    this.dlProgress.current += chunk.length;
  }

  /** The base class verifies the server's certificate only when npm is told to; a program to run deserves it. */
  override async httpDownload(
    url: URL,
    options: RequestOptions,
    ...rest: [downloadLocation: string, tempDownloadLocation: string]
  ): Promise<string> {
    const strict = { ...options, rejectUnauthorized: true };
    await probe(url, strict);
    return super.httpDownload(url, strict, ...rest);
  }
}

/** @throws Error when the server doesn't answer within 5 s, or doesn't have the file. */
function probe(url: URL, options: RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(CONNECT_MS);
    const request = httpsRequest(url, { ...options, method: 'HEAD', signal }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status < 400) resolve();
      else reject(new Error(`the server answered ${status}`));
    });
    request.on('error', (error) => reject(signal.aborted ? new Error('no connection within 5 s') : error));
    request.end();
  });
}

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
