import { applyDecorators } from '@nestjs/common';
import { IsEmail, Matches, MaxLength } from 'class-validator';

/** An e-mail address as clients may send it: at most 254 characters, nothing invisible in it. */
export function IsAddress(): PropertyDecorator {
  return applyDecorators(
    MaxLength(254),
    Matches(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u, { message: '$property must not contain invisible characters' }),
    IsEmail({}, { message: '$property must be an e-mail address' }),
  );
}
