import { isEmail, ValidateBy } from 'class-validator';
import { hasPlainDomain } from './email.js';

/** Half a surrogate pair; the library's own check throws on it (encodeURI). */
const illFormed = /\p{Cs}/u;

export function isMailAddress(value: unknown): value is string {
  return typeof value === 'string' && !illFormed.test(value) && isEmail(value) && hasPlainDomain(value);
}

/** As the library's IsEmail, for any text that a client can send. */
export function IsMailAddress(): PropertyDecorator {
  return ValidateBy({
    name: 'isMailAddress',
    validator: {
      validate: isMailAddress,
      defaultMessage: () => '$property must be an e-mail address',
    },
  });
}
