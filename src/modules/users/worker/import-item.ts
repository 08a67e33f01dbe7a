import { plainToInstance } from 'class-transformer';
import { IsInt, Max, Min, validateSync } from 'class-validator';
import type { FieldError } from '../../../common/domain-error.js';
import { fieldErrors } from '../../../common/field-errors.js';
import { FreeText } from '../../../http/free-text.js';
import { IsAddress } from '../../../http/is-address.js';
import { NotNull } from '../../../http/not-null.js';

/** More than a row can have, and few enough to be told about each. */
const mostFields = 20;

/** One row of an import, as POST /api/users would take it. */
export class ImportItem {
  @IsAddress()
  email!: string;

  @FreeText({ maxLength: 100 })
  name!: string;

  @NotNull()
  @IsInt()
  @Min(0)
  @Max(150)
  age?: number;
}

export type CheckedRow =
  { readonly item: ImportItem } | { readonly email: string | null; readonly errors: readonly FieldError[] };

/** Holds a row against the rules, whatever a client may have sent for one. */
export function checkRow(row: unknown): CheckedRow {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return { email: null, errors: [{ path: '', message: 'must be an object' }] };
  }
  if (Object.keys(row).length > mostFields) {
    return { email: null, errors: [{ path: '', message: `must have at most ${mostFields} fields` }] };
  }
  const item = plainToInstance(ImportItem, row);
  const problems = validateSync(item, {
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
  });
  if (problems.length === 0) return { item };
  const email: unknown = item.email;
  return { email: typeof email === 'string' ? email.slice(0, 254) : null, errors: fieldErrors(problems) };
}
