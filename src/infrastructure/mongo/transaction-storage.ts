import { AsyncLocalStorage } from 'node:async_hooks';
import mongoose from 'mongoose';
import { AsyncContext } from '../../common/async-context.js';

let shared: AsyncContext<unknown> | undefined;

/**
 * Where mongoose keeps the session of a running transaction (option transactionAsyncLocalStorage), to be switched off
 * while none runs. One for all connections of the process, as mongoose has it.
 * @throws Error when this version of mongoose keeps it elsewhere.
 */
export function transactionStorage(): AsyncContext<unknown> {
  if (shared !== undefined) return shared;
  const storage: unknown = Reflect.get(mongoose, 'transactionAsyncLocalStorage');
  if (!(storage instanceof AsyncLocalStorage))
    throw new Error('mongoose keeps its transactions elsewhere now');
  return (shared = new AsyncContext(storage));
}
