import { Injectable } from '@nestjs/common';
import { strengthThread } from './strength-thread.js';

/**
 * Characters that are judged: the time grows faster than their number, and somebody who picks the slowest ones would
 * keep everybody else waiting. These take 0.1 s at most, 72 of them 0.4 s.
 */
const headLength = 20;
const tailLength = 12;
/** From here on nothing more needs to be found. */
const strong = 3;

/** How hard a password is to guess, by zxcvbn. */
@Injectable()
export class PasswordStrength {
  /**
   * From 0, guessed at once, to 4. `words` are those that an attacker would try first: name, address. A password is as
   * strong as its beginning, or as its end if that is stronger: its middle adds nothing.
   * @throws DomainError unavailable / BUSY.
   */
  async score(password: string, words: readonly string[]): Promise<number> {
    const head = await strengthThread.score(password.slice(0, headLength), words);
    if (head >= strong || password.length <= headLength) return head;
    return Math.max(head, await strengthThread.score(password.slice(-tailLength), words));
  }
}
