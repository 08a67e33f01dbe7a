import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '../common/domain-error.js';

function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = parent === '' ? property : `${parent}.${property}`;
    const own = Object.values(constraints).map((message) => ({ path, message }));
    return [...own, ...fieldErrors(children, path)];
  });
}

/** The paths of fields that are named like a member of every object, e.g. 'toString'. */
function inheritedNames(value: unknown, parent = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const path = parent === '' ? name : `${parent}.${name}`;
    return [...(name in Object.prototype ? [path] : []), ...inheritedNames(child, path)];
  });
}

/** class-transformer leaves such fields out in silence, so that its whitelist never sees them. */
class StrictValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const unexpected = metadata.type === 'body' || metadata.type === 'query' ? inheritedNames(value) : [];
    if (unexpected.length === 0) return super.transform(value, metadata);
    const errors = unexpected.map((path) => ({ path, message: `property ${path} should not exist` }));
    throw new DomainError('invalid', 'VALIDATION_FAILED', 'Validation failed', { errors });
  }
}

/** Checks each body and query against its class: unknown fields are refused, and every reason is told at once. */
export function createValidationPipe(): ValidationPipe {
  return new StrictValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new DomainError('invalid', 'VALIDATION_FAILED', 'Validation failed', { errors: fieldErrors(errors) }),
  });
}
