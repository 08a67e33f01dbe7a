import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './start-error.js';

const PASSWORD_LENGTH = 20;
const LETTERS = { lower: 'abcdefghijkmnpqrstuvwxyz', upper: 'ABCDEFGHJKLMNPQRSTUVWXYZ', digit: '23456789' };
/** None that a shell or JSON would take apart between quotes: the password stands in the banner's curl command. */
const SPECIAL = '@%+=.,:-';

const makers = {
  JWT_PRIVATE_KEYS: signingKeys,
  REFRESH_SECRETS: randomSecret,
  CSRF_SECRET: randomSecret,
  CURSOR_SECRET: randomSecret,
  API_KEY_PEPPERS: pepper,
  ADMIN_PASSWORD: password,
} as const;

export type LocalSecrets = Record<keyof typeof makers, string>;

/**
 * The secrets of the local run, by the variable that carries them: made once, kept in the file (mode 0600), so that
 * tokens, cursors and the first administrator's password are still good after the next start.
 * @throws StartError when the file is not readable or not JSON
 */
export function localSecrets(file: string): LocalSecrets {
  const kept = readKept(file);
  const secrets: LocalSecrets = {
    JWT_PRIVATE_KEYS: kept['JWT_PRIVATE_KEYS'] ?? makers.JWT_PRIVATE_KEYS(),
    REFRESH_SECRETS: kept['REFRESH_SECRETS'] ?? makers.REFRESH_SECRETS(),
    CSRF_SECRET: kept['CSRF_SECRET'] ?? makers.CSRF_SECRET(),
    CURSOR_SECRET: kept['CURSOR_SECRET'] ?? makers.CURSOR_SECRET(),
    API_KEY_PEPPERS: kept['API_KEY_PEPPERS'] ?? makers.API_KEY_PEPPERS(),
    ADMIN_PASSWORD: kept['ADMIN_PASSWORD'] ?? makers.ADMIN_PASSWORD(),
  };
  if (Object.keys(makers).some((name) => kept[name] === undefined)) keep(file, { ...kept, ...secrets });
  return secrets;
}

/**
 * Makes a new key that signs access tokens from the next start on. The one that signed so far is kept and verifies
 * what it has signed; any older one is gone.
 * @returns the two kids, the new one first
 * @throws StartError when the file or the keys in it are not readable
 */
export function rotateSigningKey(file: string): readonly [string, string] {
  const { JWT_PRIVATE_KEYS: text } = localSecrets(file);
  const previous = firstKey(text);
  if (previous === undefined) {
    throw new StartError(
      `JWT_PRIVATE_KEYS in ${file} is not a list of keys.\nRemedy: remove it from there; a key is made at the next start (everybody logs in again).`,
    );
  }
  const fresh = signingKey();
  keep(file, { ...readKept(file), JWT_PRIVATE_KEYS: JSON.stringify([fresh, previous]) });
  return [fresh.kid, previous.kid];
}

function firstKey(text: string): { kid: string } | undefined {
  try {
    const keys: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(keys) ? keys[0] : undefined;
    if (typeof first !== 'object' || first === null || !('kid' in first)) return undefined;
    return typeof first.kid === 'string' ? { ...first, kid: first.kid } : undefined;
  } catch {
    return undefined;
  }
}

/** A JSON array with one private JWK (Ed25519). */
function signingKeys(): string {
  return JSON.stringify([signingKey()]);
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const kid = `local-${randomBytes(6).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' };
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function pepper(): string {
  return `local-${randomBytes(4).toString('hex')}:${randomSecret()}`;
}

/** Twenty random characters with at least one of each kind that the password policy asks for. */
function password(): string {
  const kinds = [LETTERS.lower, LETTERS.upper, LETTERS.digit, SPECIAL];
  const all = kinds.join('');
  const characters = Array.from({ length: PASSWORD_LENGTH }, (_, index) => pick(kinds[index] ?? all));
  for (let index = characters.length - 1; index > 0; index -= 1) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other] ?? '', characters[index] ?? ''];
  }
  return characters.join('');
}

function pick(letters: string): string {
  return letters.charAt(randomInt(letters.length));
}

function readKept(file: string): Record<string, string | undefined> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new StartError(
      `The secrets of the local run can't be read: ${String(error)}.\nRemedy: make ${file} yours again (chown), or remove it.`,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).filter(([, secret]) => typeof secret === 'string'));
    }
  } catch {
    // Told below, as for any other content that is not an object.
  }
  throw new StartError(
    `${file} is not the JSON that this command wrote.\nRemedy: remove it; new secrets are made (everybody logs in again).`,
  );
}

/** Written beside and renamed: a kill in the middle leaves the old file or the new one. */
function keep(file: string, secrets: Record<string, string | undefined>): void {
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, file);
}
