import { ValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DomainError, type FieldError } from '../common/domain-error.js';
import { fieldErrors } from '../common/field-errors.js';

function refusal(errors: readonly FieldError[]): DomainError {
  return new DomainError('invalid', 'VALIDATION_FAILED', 'Validation failed', { errors });
}

/** The paths of fields that are named like a member of every object, e.g. 'toString'. */
function inheritedNames(value: unknown, parent = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const path = parent === '' ? name : `${parent}.${name}`;
    return [...(name in Object.prototype ? [path] : []), ...inheritedNames(child, path)];
  });
}

/** More than any body or query declares. The time that class-validator takes grows by the square of their number. */
const mostFields = 100;

/** Queries that are remembered of each class, and the characters of the longest of them. */
const remembered = 500;
const longestRemembered = 200;

/** Refuses what class-transformer and class-validator would be slow with, or leave out in silence. */
class StrictValidationPipe implements PipeTransform {
  private readonly pipe = new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => refusal(fieldErrors(errors)),
  });
  private readonly queries = new Map<unknown, LRUCache<string, object>>();

  /** A promise only where there is something to find out: it runs for every parameter of every handler. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    // What our own decorators take from a request is no client's input; a path's parts are text, for pipes of their own.
    if (metadata.type === 'custom' || metadata.type === 'param') return value;
    if (metadata.type === 'query' && typeof value === 'object' && value !== null) {
      return this.query(value, metadata);
    }
    return this.check(value, metadata);
  }

  /** Most ask what was asked before, and what a class makes of the same is always the same: it is found out once. */
  private query(value: object, metadata: ArgumentMetadata): unknown {
    const text = JSON.stringify(value);
    if (text.length > longestRemembered) return this.check(value, metadata);
    let known = this.queries.get(metadata.metatype);
    if (known === undefined) {
      known = new LRUCache({ max: remembered });
      this.queries.set(metadata.metatype, known);
    }
    const made = known.get(text);
    return made ?? this.remember(known, text, value, metadata);
  }

  private async remember(
    known: LRUCache<string, object>,
    text: string,
    value: object,
    metadata: ArgumentMetadata,
  ): Promise<unknown> {
    const made: unknown = await this.check(value, metadata);
    if (typeof made === 'object' && made !== null) known.set(text, Object.freeze(made));
    return made;
  }

  private async check(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' || metadata.type === 'query') {
      if (typeof value === 'object' && value !== null && Object.keys(value).length > mostFields) {
        throw refusal([{ path: metadata.type, message: `must have at most ${mostFields} fields` }]);
      }
      const unexpected = inheritedNames(value);
      if (unexpected.length > 0) {
        throw refusal(unexpected.map((path) => ({ path, message: `property ${path} should not exist` })));
      }
    }
    return this.pipe.transform(value, metadata);
  }
}

/** Checks each body and query against its class: unknown fields are refused, and every reason is told at once. */
export function createValidationPipe(): PipeTransform {
  return new StrictValidationPipe();
}
