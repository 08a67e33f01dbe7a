import type { PipeTransform } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { mostRows } from './user-import.js';

/**
 * Takes the rows out of a body, unread: each is checked when it is taken in, so that one bad row does not keep out the
 * others, and nobody waits for the copies that class-transformer would make of 10,000.
 */
export const importItemsPipe: PipeTransform<unknown, unknown[]> = {
  transform: (body) => {
    const { items, ...others } = fieldsOf(body);
    const errors = Object.keys(others).map((path) => ({
      path,
      message: `property ${path} should not exist`,
    }));
    if (!Array.isArray(items))
      throw refusal([...errors, { path: 'items', message: 'items must be an array' }]);
    if (items.length === 0 || items.length > mostRows) {
      errors.push({ path: 'items', message: `items must contain 1 to ${mostRows} elements` });
    }
    if (errors.length > 0) throw refusal(errors);
    return items;
  },
};

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function refusal(errors: { path: string; message: string }[]): DomainError {
  return new DomainError('invalid', 'VALIDATION_FAILED', 'Validation failed', { errors });
}
