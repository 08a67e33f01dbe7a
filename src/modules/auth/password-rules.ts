/** bcrypt ignores what follows. */
export const longestPassword = 72;

export interface PasswordRule {
  readonly message: string;
  accepts(password: string): boolean;
}

/** What can be said of a password by looking at its characters. */
export const passwordRules = {
  length: {
    message: 'Password must be at least 8 characters',
    accepts: (password) => [...password].length >= 8,
  },
  bytes: {
    message: `Password must be at most ${longestPassword} bytes`,
    accepts: (password) => Buffer.byteLength(password) <= longestPassword,
  },
  kinds: {
    message: 'Password must contain uppercase, lowercase, number, and special character.',
    accepts: (password) =>
      [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{N}\s]/u].every((kind) => kind.test(password)),
  },
  text: {
    // As UTF-8, which is what is hashed, every half looks the same.
    message: 'Password must not contain half a surrogate pair',
    accepts: (password) => !/\p{Cs}/u.test(password),
  },
} as const satisfies Record<string, PasswordRule>;

/** Every rule that the password breaks, by its message. */
export function brokenRules(password: string): string[] {
  return Object.values(passwordRules)
    .filter((rule) => !rule.accepts(password))
    .map((rule) => rule.message);
}
