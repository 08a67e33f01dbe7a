import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordRules, type PasswordRule } from './password-rules.js';
import { PasswordStrength } from './password-strength.js';

const weak = 'Password is too weak. Use a mix of letters, numbers, and symbols.';
const repeated = 'Password cannot be one of your last 5 passwords';
const leastScore = 3;

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  /** Hashes that it must not match. */
  readonly former?: readonly string[];
}

/** What a password must be like, wherever one is set. */
@Injectable()
export class PasswordPolicy {
  constructor(
    private readonly strength: PasswordStrength,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Every reason why the password is not acceptable; none when it is.
   * @throws DomainError unavailable / BUSY.
   */
  async problems(password: string, owner: PasswordOwner): Promise<string[]> {
    const { length, bytes, kinds, text } = passwordRules;
    const broken = (rule: PasswordRule): string[] => (rule.accepts(password) ? [] : [rule.message]);
    // What bcrypt would cut is refused for its length alone: judging it would take too long.
    const isJudged = bytes.accepts(password);
    return [
      ...broken(length),
      ...broken(bytes),
      ...(isJudged && (await this.isWeak(password, owner)) ? [weak] : []),
      ...broken(kinds),
      ...broken(text),
      ...((await this.isFormer(password, owner.former ?? [])) ? [repeated] : []),
    ];
  }

  /** @throws DomainError invalid / WEAK_PASSWORD with every reason in errors, their path the field that was given. */
  async assert(password: string, owner: PasswordOwner, path = 'password'): Promise<void> {
    const problems = await this.problems(password, owner);
    const [first] = problems;
    if (first === undefined) return;
    throw new DomainError('invalid', 'WEAK_PASSWORD', first, {
      errors: problems.map((message) => ({ path, message })),
    });
  }

  private async isWeak(password: string, { email, name }: PasswordOwner): Promise<boolean> {
    return (await this.strength.score(password, wordsOf(`${email} ${name}`))) < leastScore;
  }

  private async isFormer(password: string, hashes: readonly string[]): Promise<boolean> {
    for (const hash of hashes) if (await this.hasher.verify(password, hash)) return true;
    return false;
  }
}

/** Name and address, whole and in parts: what somebody who knows the owner would try. */
function wordsOf(text: string): string[] {
  const whole = text.toLowerCase().split(/\s+/);
  return [...new Set([...whole, ...whole.flatMap((word) => word.split(/[^\p{L}\p{N}]+/u))])].filter(
    (word) => word.length > 2,
  );
}
