import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { DomainError } from '../common/domain-error.js';
import { fieldErrors } from '../common/field-errors.js';
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
