import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { loggingConfig } from '../../config/logging.config.js';
import { loggerOptions } from './logger-options.js';

/** The line that an error makes, as a process would print it. */
function lineOf(error: unknown): Record<string, unknown> {
  let text = '';
  const output = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  pino(loggerOptions({ ...loggingConfig(), level: 'info', pretty: false }), output).warn(
    { err: error },
    'failed',
  );
  const line: { err: Record<string, unknown> } = JSON.parse(text);
  return line.err;
}

it('shows type, message, stack and plain values', () => {
  const error = Object.assign(new TypeError('no luck'), { code: 'ECONNREFUSED', port: 25 });
  expect(lineOf(error)).toEqual({
    type: 'TypeError',
    message: 'no luck',
    stack: expect.stringContaining('error-fields.spec'),
    code: 'ECONNREFUSED',
    port: 25,
  });
});

it('leaves out the documents that a driver hangs on its errors, however deep', () => {
  const driverError = Object.assign(new Error('E11000 duplicate key'), {
    code: 11_000,
    writeErrors: [{ err: { op: { data: { body: 'not to be shown' } } } }],
    result: { data: 'not to be shown' },
  });
  const around = new Error('not written', { cause: driverError });
  for (const error of [driverError, around, new AggregateError([driverError], 'all failed')]) {
    const line = lineOf(error);
    expect(JSON.stringify(line)).not.toContain('not to be shown');
    expect(JSON.stringify(line)).toContain('E11000 duplicate key');
  }
});

it('leaves what is no error as it is', () => {
  expect(lineOf('a text')).toBe('a text');
});
