import { stdSerializers } from 'pino';

const plain = ['string', 'number', 'boolean'];

/**
 * What a line says of an error: its type, message and stack, and what else it has that is a plain value. Objects are
 * left out: drivers hang the documents that could not be written on their errors, and those hold what is for no log.
 */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const kept = Object.entries(stdSerializers.err(error)).filter(([, value]) => plain.includes(typeof value));
  return {
    ...Object.fromEntries(kept),
    ...(error instanceof AggregateError && { aggregateErrors: error.errors.map(errorFields) }),
  };
}
