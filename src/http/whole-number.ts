import { Transform } from 'class-transformer';

/** Decimal digits only: Number() would also take '0x10', '1e1' and ''. */
export function WholeNumber(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
  );
}
