import { mongo, Error as MongooseErrors, MongooseError } from 'mongoose';

/** Every transaction that this process may have open stayed open for too long. */
export class TooManyTransactionsError extends Error {
  override readonly name = 'TooManyTransactionsError';
}

/** What a server answers that can't do it now, whatever it is asked. Those of a list of writes have no name. */
const passing: ReadonlySet<unknown> = new Set([
  50, // MaxTimeMSExpired
  91, // ShutdownInProgress
  202, // NetworkInterfaceExceededTimeLimit
  11_600, // InterruptedAtShutdown
  14_031, // OutOfDiskSpace
]);

/** Whether the database could not do anything at all, as opposed to having refused what it was asked. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError) {
    return (
      // The errors a primary gives while it steps down, starts or stops carry this label.
      error.hasErrorLabel('RetryableWriteError') ||
      passing.has(error.code) ||
      // A list of writes that no server answered: the driver gives its own error this form.
      (error instanceof mongo.MongoBulkWriteError && error.code === undefined)
    );
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

/**
 * The places in a list of writes of those that the server refused, or could not do; undefined for an error that is about
 * none of them. The class does not tell: the driver gives it to its own errors, too, such as for want of a connection.
 */
export function refusedWrites(error: unknown): readonly number[] | undefined {
  if (!(error instanceof mongo.MongoBulkWriteError)) return undefined;
  const places = [error.writeErrors].flat().map(({ index }) => index);
  return places.length > 0 ? places : undefined;
}
