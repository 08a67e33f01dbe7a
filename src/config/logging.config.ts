import { section } from './section.js';
import { choice, flag } from './variable.js';

export const loggingConfig = section('logging', {
  level: choice('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'The least important level that is written.',
  }),
  pretty: flag('LOG_PRETTY', {
    default: 'false',
    description: 'Readable, coloured lines for a terminal instead of one JSON object a line.',
  }),
});
