import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, MaxLength } from 'class-validator';
import { IsFreeText, withoutControls } from './is-free-text.js';
import { plainTextOf } from './plain-text.js';

/**
 * How much longer than allowed a text may be before its HTML is stripped. What is longer still is refused by its
 * length as it is: nobody need look for tags in it.
 */
const mostMarkup = 10;

interface FreeTextOptions {
  readonly maxLength: number;
  /** May it be empty? */
  readonly blank?: boolean;
}

/** A line of text that is stored and shown to people. HTML in it is stripped first, then the rest is checked. */
export function FreeText({ maxLength, blank = false }: FreeTextOptions): PropertyDecorator {
  const rules = blank ? [IsString(), MaxLength(maxLength), withoutControls()] : [IsFreeText({ maxLength })];
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && value.length <= mostMarkup * maxLength ? plainTextOf(value) : value,
    ),
    ...rules,
  );
}
