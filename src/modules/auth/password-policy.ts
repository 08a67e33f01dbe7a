import { DomainError } from '../../common/domain-error.js';

/** bcrypt ignores what follows. */
export const maximumPasswordBytes = 72;

interface Rule {
  readonly message: string;
  accepts(password: string): boolean;
}

const rules: readonly Rule[] = [
  {
    message: 'Password must be at least 8 characters',
    accepts: (password) => [...password].length >= 8,
  },
  {
    message: `Password must be at most ${maximumPasswordBytes} bytes`,
    accepts: (password) => Buffer.byteLength(password) <= maximumPasswordBytes,
  },
  {
    message: 'Password must contain uppercase, lowercase, number, and special character.',
    accepts: (password) =>
      [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{N}\s]/u].every((kind) => kind.test(password)),
  },
];

/** Every reason why a password is not acceptable; none when it is. */
export function passwordProblems(password: string): string[] {
  return rules.filter((rule) => !rule.accepts(password)).map((rule) => rule.message);
}

/** @throws DomainError invalid / WEAK_PASSWORD with every reason in errors, their path the field that was given. */
export function assertPasswordPolicy(password: string, path = 'password'): void {
  const problems = passwordProblems(password);
  const [first] = problems;
  if (first !== undefined) {
    throw new DomainError('invalid', 'WEAK_PASSWORD', first, {
      errors: problems.map((message) => ({ path, message })),
    });
  }
}
