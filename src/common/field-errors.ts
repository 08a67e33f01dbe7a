import type { ValidationError } from 'class-validator';
import type { FieldError } from './domain-error.js';

/** Each reason of class-validator with the path of its field, which begins with `parent` where there is one. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = parent === '' ? property : `${parent}.${property}`;
    const own = Object.values(constraints).map((message) => ({ path, message }));
    return [...own, ...fieldErrors(children, path)];
  });
}
