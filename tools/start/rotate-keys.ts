import { join } from 'node:path';
import type { Host } from './host.js';
import { rotateSigningKey } from './secrets.js';
import { StartError } from './start-error.js';

/**
 * `npm run keys:rotate`: another key signs the access tokens of the local run.
 * @returns the exit code: 1 when the keys are not ours to rotate, or not readable (the reason is printed)
 */
export function rotateKeys(host: Pick<Host, 'env' | 'folder' | 'terminal'>): number {
  const say = (...lines: string[]): void => lines.forEach((line) => host.terminal.line(line));
  if (host.env['JWT_PRIVATE_KEYS']?.trim()) {
    say('JWT_PRIVATE_KEYS is set: the keys are those, and the local ones are not used.', ...byConfig);
    return 1;
  }
  try {
    const [fresh, previous] = rotateSigningKey(join(host.folder, 'secrets.json'));
    say(
      `From the next start on ${fresh} signs access tokens; ${previous} still verifies those that it has signed.`,
      'Restart to use it: Ctrl-C, then npm start. Nobody has to log in again.',
      'Once the last token of the old key has ended (ACCESS_TOKEN_TTL), rotate again to be rid of that key.',
    );
    return 0;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    say(error.message);
    return 1;
  }
}

/** A process refuses tokens of a key that it has not been told, so that a key is told before it signs. */
const byConfig = [
  'To rotate them, change JWT_PRIVATE_KEYS in three steps, each rolled out to every process before the next:',
  '  1. add the new key at the end: it verifies, and /.well-known/jwks.json shows it;',
  '  2. move it to the front: it signs;',
  '  3. after ACCESS_TOKEN_TTL remove the old key: its tokens are refused from then on.',
];
