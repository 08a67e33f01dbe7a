import { parseArgs } from 'node:util';
import { startGateway } from './index.js';

// A process that only serves the gateway: prints `ready <port>` (or sends {ready: port} to a parent that has a channel),
// and ends on SIGTERM, SIGINT, or when its parent is gone.
const { values } = parseArgs({
  options: {
    'postgres-host': { type: 'string', default: '127.0.0.1' },
    'postgres-port': { type: 'string' },
    'postgres-user': { type: 'string' },
    'postgres-database': { type: 'string', default: 'postgres' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    'max-connections': { type: 'string', default: '500' },
  },
});

const gateway = await startGateway({
  postgres: {
    host: values['postgres-host'],
    port: number('postgres-port', values['postgres-port']),
    user: values['postgres-user'] ?? '',
    database: values['postgres-database'],
    // A password among the arguments could be read by every user of the machine.
    password: process.env['PGPASSWORD'] ?? '',
  },
  host: values.host,
  port: number('port', values.port),
  maxConnections: number('max-connections', values['max-connections']),
  log: (line) => process.stderr.write(`${line}\n`),
});

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  void gateway.close().finally(() => process.exit(0));
}
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (process.send === undefined) {
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
  process.stdout.on('error', end).write(`ready ${gateway.port}\n`);
} else {
  process.on('disconnect', end);
  process.send({ ready: gateway.port });
}

function number(name: string, text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !Number.isInteger(value) || value < 0 || value > 65_535) {
    process.stderr.write(`--${name} must be a number from 0 to 65535\n`);
    process.exit(64);
  }
  return value;
}
