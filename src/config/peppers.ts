import { createSecretKey, type KeyObject } from 'node:crypto';
import { looksLikePlaceholder, type Variable } from './variable.js';

/** A key of hashes under the name that stored hashes call it by. A key object: logging one shows no secret. */
export interface Pepper {
  readonly version: string;
  readonly key: KeyObject;
}

const shortest = 32;

function parsePepper(text: string, position: number): Pepper {
  const refuse = (reason: string) => new Error(`has no usable pepper at position ${position}: ${reason}`);
  const [, version, secret] = /^([\w.-]{1,32}):(.*)$/.exec(text) ?? [];
  if (version === undefined || secret === undefined) {
    throw refuse('it must be version:secret, the version of letters, digits, dot, dash and underscore');
  }
  if (secret.length < shortest) throw refuse(`its secret must have at least ${shortest} characters`);
  if (looksLikePlaceholder(secret)) throw refuse('its secret is a placeholder: set a random value');
  return { version, key: createSecretKey(secret, 'utf8') };
}

function parsePeppers(text: string): readonly Pepper[] {
  const peppers = text.split(',').map((part, index) => parsePepper(part.trim(), index + 1));
  if (new Set(peppers.map(({ version }) => version)).size < peppers.length) {
    throw new Error('has two peppers of the same version');
  }
  return peppers;
}

/** `version:secret`, comma-separated: the first makes, all verify. Errors name positions, never what was given. */
export function peppers(
  name: string,
  about: { description: string; requiredInProduction: boolean },
): Variable<readonly Pepper[] | undefined> {
  return {
    ...about,
    name,
    unit: `comma-separated version:secret, each secret of at least ${shortest} characters`,
    default: undefined,
    secret: true,
    parse: (text) => (text === undefined ? undefined : parsePeppers(text)),
  };
}
