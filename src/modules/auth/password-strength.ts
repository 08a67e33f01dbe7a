import { Injectable } from '@nestjs/common';
import { strengthThread } from './strength-thread.js';

/** How hard a password is to guess, by zxcvbn. */
@Injectable()
export class PasswordStrength {
  /**
   * From 0, guessed at once, to 4. `words` are those that an attacker would try first: name, address. At most 72
   * bytes of password: the time grows faster than its length.
   * @throws DomainError unavailable / BUSY.
   */
  score(password: string, words: readonly string[]): Promise<number> {
    return strengthThread.score(password, words);
  }
}
