import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable, TooManyTransactionsError } from './database-errors.js';

const answer = (fields: object) => new mongo.MongoServerError({ message: 'refused', ...fields });

describe('a database that cannot do anything', () => {
  it.each([
    ['is not reached', new mongo.MongoNetworkError('connection closed')],
    ['has no room', answer({ code: 14_031, codeName: 'OutOfDiskSpace' })],
    ['takes too long', answer({ code: 50, codeName: 'MaxTimeMSExpired' })],
    ['has no connection left', answer({ code: 202 })],
    ['steps down', answer({ code: 10_107, errorLabels: ['RetryableWriteError'] })],
    ['is busy with too much', new TooManyTransactionsError()],
  ])('%s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });
});

describe('a database that refuses', () => {
  it.each([
    ['a duplicate', answer({ code: 11_000 })],
    ['what it does not know', answer({ code: 59, codeName: 'CommandNotFound' })],
    ['nothing: it was not asked', new TypeError('a mistake of ours')],
  ])('%s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
