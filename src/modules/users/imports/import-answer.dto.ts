import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { JobState } from '../../../common/job-status.js';
import { importOutcomes, type ImportOutcome } from './user-import.js';
import type { ImportProgress } from './user-imports.service.js';

export class AcceptedImportDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345690' })
  importId!: string;

  @ApiProperty({ example: '665f1c2e9b1e8a0012345691' })
  jobId!: string;
}

class ImportCountsDto {
  @ApiProperty({ type: 'integer', example: 240 })
  created!: number;

  @ApiProperty({
    type: 'integer',
    example: 9,
    description: 'A user with the address existed, or an earlier row.',
  })
  skipped!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  refused!: number;
}

class RowErrorDto {
  @ApiProperty({ example: 'email' })
  path!: string;

  @ApiProperty({ example: 'email must be an e-mail address' })
  message!: string;
}

class ImportedRowDto {
  @ApiProperty({ type: 'integer', example: 0, description: 'Its place in the items, from 0.' })
  index!: number;

  @ApiProperty({ type: String, nullable: true, example: 'ada@example.com' })
  email!: string | null;

  @ApiProperty({ enum: importOutcomes })
  outcome!: ImportOutcome;

  @ApiPropertyOptional({ description: 'Of a row that was created.' })
  userId?: string;

  @ApiPropertyOptional({ example: 'EMAIL_TAKEN', description: 'Why it was skipped or refused.' })
  code?: string;

  @ApiPropertyOptional({ type: [RowErrorDto], description: 'Of a row that was refused.' })
  errors?: RowErrorDto[];
}

export class ImportProgressDto extends AcceptedImportDto {
  @ApiProperty({
    enum: ['pending', 'scheduled', 'processing', 'completed', 'failed', 'dead', 'cancelled'],
    description: 'As of the job.',
  })
  state!: JobState;

  @ApiProperty({ type: 'integer', example: 250, description: 'Rows that were sent.' })
  total!: number;

  @ApiProperty({ type: ImportCountsDto })
  counts!: ImportCountsDto;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: [ImportedRowDto], description: 'Of the rows that are taken in, one page.' })
  rows!: ImportedRowDto[];
}

export function importProgressDto({ rows, createdAt, counts, ...rest }: ImportProgress): ImportProgressDto {
  return {
    ...rest,
    counts: { ...counts },
    createdAt: createdAt.toISOString(),
    rows: rows.items.map(({ errors, ...row }) => ({ ...row, ...(errors && { errors: [...errors] }) })),
  };
}
