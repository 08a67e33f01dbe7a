import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches, MaxLength } from 'class-validator';
import { normalizeEmail } from '../common/email.js';
import { IsMailAddress } from '../common/is-mail-address.js';
import { withoutInvisible } from './invisible.js';

/**
 * An e-mail address as clients may send it: at most 254 characters, nothing invisible in it. The handler gets it in
 * its one spelling; what is invisible is refused before a trim could take it away.
 */
export function IsAddress(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && value.length <= 1_024 && withoutInvisible.test(value)
        ? normalizeEmail(value)
        : value,
    ),
    MaxLength(254),
    Matches(withoutInvisible, { message: '$property must not contain invisible characters' }),
    IsMailAddress(),
  );
}
