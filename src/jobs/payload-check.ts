import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '../common/domain-error.js';
import type { AnyJobType } from './catalogue/job-type.js';

/** Bytes of JSON. */
const largestPayload = 256 * 1024;

/**
 * Holds a payload against its declaration.
 * @throws DomainError too-large / JOB_TOO_LARGE above 256 kB; invalid / INVALID_JOB_DATA with the path of each problem.
 */
export async function checkPayload(type: AnyJobType, data: object): Promise<void> {
  if (Buffer.byteLength(JSON.stringify(data)) > largestPayload) {
    throw new DomainError(
      'too-large',
      'JOB_TOO_LARGE',
      `The data of a job has at most ${largestPayload} bytes`,
    );
  }
  const problems = await validate(plainToInstance(type.payload, data), {
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  if (problems.length === 0) return;
  throw new DomainError(
    'invalid',
    'INVALID_JOB_DATA',
    `The data does not fit a job of the type ${type.name}`,
    { errors: fieldErrors(problems, 'data') },
  );
}

function fieldErrors(problems: readonly ValidationError[], parent: string): FieldError[] {
  return problems.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = `${parent}.${property}`;
    const own = Object.values(constraints).map((message) => ({ path, message }));
    return [...own, ...fieldErrors(children, path)];
  });
}
