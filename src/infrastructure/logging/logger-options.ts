import type { ConfigType } from '@nestjs/config';
import type { LoggerOptions } from 'pino';
import type { loggingConfig } from '../../config/logging.config.js';
import { errorFields } from './error-fields.js';
import { currentLogFields } from './log-context.js';
import { timeField } from './time-field.js';

const secretFields = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["x-api-key"]',
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'key',
  'secret',
];

/** A field of that name is censored at the top of a line and in each of the objects that requests bring along. */
const redactedPaths = secretFields.flatMap((field) =>
  ['', 'headers', 'req.headers', 'body', 'data', '*'].map((parent) =>
    field.startsWith('[') || parent === '' ? `${parent}${field}` : `${parent}.${field}`,
  ),
);

const nothing = {};

/** One JSON object a line; readable lines when the settings ask for them. */
export function loggerOptions(config: ConfigType<typeof loggingConfig>): LoggerOptions {
  return {
    level: config.level,
    base: null,
    timestamp: timeField,
    messageKey: 'message',
    serializers: { err: errorFields },
    formatters: { level: (level) => ({ level }) },
    redact: { paths: redactedPaths, censor: '[redacted]' },
    // Most lines are those of requests, and they bring these fields themselves.
    mixin: (line) => ('requestId' in line ? nothing : currentLogFields()),
    // By default all fields of each line are copied.
    mixinMergeStrategy: (line, added) => (added === nothing ? line : { ...added, ...line }),
    ...(config.pretty && {
      transport: {
        target: 'pino-pretty',
        options: {
          messageKey: 'message',
          singleLine: true,
          ignore: 'context,method,route,status,duration',
          messageFormat:
            '{if context}[{context}] {end}{message}{if method} {method} {route} {status} in {duration} ms{end}',
        },
      },
    }),
  };
}
