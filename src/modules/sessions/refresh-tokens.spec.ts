import type { ConfigType } from '@nestjs/config';
import { describe, expect, it } from 'vitest';
import { sessionIds } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';
import { RefreshTokens, type RefreshToken } from './refresh-tokens.js';

const family = sessionIds.parse('66f0c1e2a4b5c6d7e8f90123');
const [first, second] = ['k'.repeat(40), 'm'.repeat(40)];

function tokensWith(...refreshSecrets: string[]): RefreshTokens {
  const config: ConfigType<typeof authConfig> = { ...authConfig(), refreshSecrets };
  return new RefreshTokens(config);
}

function known(tokens: RefreshTokens, text: string): RefreshToken {
  const token = tokens.read(text);
  if (token === undefined) throw new Error('the token is not read');
  return token;
}

describe('RefreshTokens', () => {
  const tokens = tokensWith(first);

  it('reads what it made, and nothing else of any length or spelling', () => {
    const { text, hash } = tokens.root(family);
    expect(tokens.read(text)).toMatchObject({ family, number: 0, hash });
    for (let length = 0; length < text.length; length++) {
      expect(tokens.read(text.slice(0, length))).toBeUndefined();
    }
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A';
      expect(tokens.read(`${text.slice(0, at)}${other}${text.slice(at + 1)}`)).toBeUndefined();
    }
    for (const other of [`${text}A`, `${text}=`, ` ${text}`, `${text}\n`, text.toUpperCase(), '']) {
      expect(tokens.read(other)).toBeUndefined();
    }
  });

  it('makes a root that nobody can tell beforehand', () => {
    const roots = Array.from({ length: 100 }, () => tokens.root(family).text);
    expect(new Set(roots).size).toBe(100);
  });

  it('gives the same child for a parent, in any process, and another one for its child', () => {
    const root = known(tokens, tokens.root(family).text);
    const child = tokens.childOf(root);
    expect(tokensWith(first, second).childOf(root)).toEqual(child);
    expect(known(tokens, child.text)).toMatchObject({ family, number: 1 });
    expect(tokens.childOf(known(tokens, child.text)).text).not.toBe(child.text);
  });

  it('reads what any of the secrets made, and makes by the first', () => {
    const old = tokens.root(family).text;
    const renewed = tokensWith(second, first);
    const child = renewed.childOf(known(renewed, old));
    expect(tokensWith(second).read(child.text)).toMatchObject({ family, number: 1 });
    expect(tokensWith(second).read(old)).toBeUndefined();
    expect(tokens.read(child.text)).toBeUndefined();
  });

  it('finds the child again that another secret made', () => {
    const root = known(tokens, tokens.root(family).text);
    const child = tokens.childOf(root);
    expect(tokensWith(second, first).childWithHash(root, child.hash)).toEqual(child);
    expect(tokensWith(second).childWithHash(root, child.hash)).toBeUndefined();
  });
});
