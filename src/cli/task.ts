import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule, INestApplicationContext, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DomainError } from '../common/domain-error.js';
import { DatabaseConnection } from '../infrastructure/mongo/database-connection.js';

/** Milliseconds. A service waits for its database as long as it takes; a person at a terminal does not. */
const patience = 30_000;
const closingTime = 5_000;

/** What went wrong, in words for whoever typed the command. */
export class TaskError extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof TaskError) return error.message;
  if (error instanceof DomainError) {
    return [error.message, ...(error.errors ?? []).map(({ path, message }) => `${path}: ${message}`)].join(
      '\n  ',
    );
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a person at a terminal wants of a log: what fails, in a line. */
const terseLogger: LoggerService = {
  log: () => undefined,
  warn: (what: unknown, ...rest: unknown[]) => console.error(inOneLine(what, rest)),
  error: (what: unknown, ...rest: unknown[]) => console.error(inOneLine(what, rest)),
};

function inOneLine(what: unknown, rest: readonly unknown[]): string {
  // Our own calls are (object with err, message, context), others' are (message, ..., context).
  if (typeof what !== 'object' || what === null) return String(what).split('\n', 1)[0] ?? '';
  const error: unknown = 'err' in what ? what.err : what;
  const message = error instanceof Error ? error.message : '';
  return [typeof rest[0] === 'string' ? rest[0] : '', message].filter((part) => part !== '').join(': ');
}

async function untilConnected(database: DatabaseConnection): Promise<void> {
  const late = new AbortController();
  const prepared = await Promise.race([
    database.untilPrepared().then(() => true),
    sleep(patience, false, { signal: late.signal }),
  ]);
  late.abort();
  if (!prepared) {
    throw new TaskError(`The database did not answer within ${patience / 1_000} s: is MONGODB_URI right?`);
  }
}

/** Runs a command in an application context of its own, and ends the process: 0 when it succeeded, else 1. */
export async function runTask(
  module: Type | Promise<DynamicModule>,
  task: (context: INestApplicationContext) => Promise<void>,
): Promise<never> {
  let status = 0;
  let context: INestApplicationContext | undefined;
  try {
    context = await NestFactory.createApplicationContext(await module, {
      logger: terseLogger,
      abortOnError: false,
    });
    await untilConnected(context.get(DatabaseConnection));
    await task(context);
  } catch (error) {
    console.error(reasonOf(error));
    status = 1;
  }
  await Promise.race([context?.close(), sleep(closingTime)]);
  // A connection to a server that is away keeps trying, and would keep the process.
  process.exit(status);
}
