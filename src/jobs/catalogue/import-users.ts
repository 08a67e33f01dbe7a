import { IsMongoId } from 'class-validator';
import { jobType } from './job-type.js';

/** The rows are stored apart: a job carries only what names them. */
export class ImportUsersPayload {
  @IsMongoId()
  importId!: string;
}

/** Makes users of the rows of an import. */
export const importUsers = jobType({
  name: 'import-users',
  queue: 'data-processing',
  payload: ImportUsersPayload,
  access: 'internal',
  shows: ['importId'],
  timeout: 10 * 60_000,
});
