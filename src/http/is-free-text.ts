import { applyDecorators } from '@nestjs/common';
import { IsString, Matches, MaxLength } from 'class-validator';
import { somethingVisible } from './invisible.js';

export const withoutControls = () =>
  Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: '$property must not contain control characters' });

/** A line of text that people read: not blank, no control characters, no half surrogate pairs. */
export function IsFreeText({ maxLength }: { maxLength: number }): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MaxLength(maxLength),
    withoutControls(),
    Matches(somethingVisible, { message: '$property must not be blank' }),
  );
}
