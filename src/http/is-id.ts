import { Matches } from 'class-validator';

/** An id in a body or a query, as idPipe takes them in a path: 24 lower-case hexadecimal digits. */
export function IsId({ each = false } = {}): PropertyDecorator {
  const message = `${each ? 'each value in ' : ''}$property must be 24 hexadecimal digits`;
  return Matches(/^[0-9a-f]{24}$/, { each, message });
}
