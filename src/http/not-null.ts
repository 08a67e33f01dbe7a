import { ValidateIf } from 'class-validator';

/** The field may be left out, but null is no value of it. (IsOptional would let null pass.) */
export function NotNull(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
