import { mongo, Error as MongooseErrors, MongooseError } from 'mongoose';

/** Every transaction that this process may have open stayed open for too long. */
export class TooManyTransactionsError extends Error {
  override readonly name = 'TooManyTransactionsError';
}

/** Whether the database could not be asked at all, as opposed to having refused what it was asked. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError) {
    // The errors a primary gives while it steps down, starts or stops carry this label.
    return error.hasErrorLabel('RetryableWriteError') || error.codeName === 'MaxTimeMSExpired';
  }
  return (
    error instanceof TooManyTransactionsError ||
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoExpiredSessionError ||
    error instanceof MongooseErrors.MongooseServerSelectionError ||
    // Not exported by the driver: every connection of the pool stayed busy for too long.
    (error instanceof mongo.MongoDriverError && error.name === 'MongoWaitQueueTimeoutError') ||
    (error instanceof MongooseError &&
      /initial connection is complete|buffering timed out/.test(error.message))
  );
}

/** The fields of the unique index that a write ran into, e.g. ['email']; undefined for any other error. */
export function duplicateKeyFields(error: unknown): readonly string[] | undefined {
  if (!(error instanceof mongo.MongoServerError) || error.code !== 11_000) return undefined;
  const pattern: unknown = error['keyPattern'];
  return typeof pattern === 'object' && pattern !== null ? Object.keys(pattern) : [];
}
