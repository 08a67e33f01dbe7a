import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model } from 'mongoose';
import { jobIds, roleIds, userIds, userImportIds, type UserImportId } from '../../../common/ids.js';
import { UserImportChunkModelName, type UserImportChunkDocument } from './user-import-chunk.schema.js';
import { UserImportModelName, type UserImportDocument } from './user-import.schema.js';
import { rowsPerChunk, sumOf, type ChunkCounts, type ImportedRow, type UserImport } from './user-import.js';

const day = 24 * 60 * 60 * 1_000;
/** How long an import can be asked about. */
const keptFor = 30 * day;

/** Imports and their rows. */
@Injectable()
export class UserImportsRepository {
  constructor(
    @InjectModel(UserImportModelName) private readonly imports: Model<UserImportDocument>,
    @InjectModel(UserImportChunkModelName) private readonly chunks: Model<UserImportChunkDocument>,
  ) {}

  /** Inside a unit of work. */
  async insert({ id, importer, jobId, roles, ...rest }: UserImport, rows: readonly unknown[]): Promise<void> {
    const expireAt = new Date(rest.createdAt.getTime() + keptFor);
    const importId = new Types.ObjectId(id);
    await this.imports.insertOne({
      ...rest,
      _id: importId,
      importer: new Types.ObjectId(importer),
      jobId: new Types.ObjectId(jobId),
      roles: roles.map((role) => new Types.ObjectId(role)),
      expireAt,
    });
    await this.chunks.insertMany(
      Array.from({ length: rest.chunks }, (_, number) => ({
        importId,
        number,
        rows: JSON.stringify(rows.slice(number * rowsPerChunk, (number + 1) * rowsPerChunk)),
        expireAt,
      })),
    );
  }

  async find(id: UserImportId): Promise<UserImport | undefined> {
    const found = await this.imports.findById(id).lean();
    return found === null ? undefined : toImport(found);
  }

  /** The rows of a chunk as they were sent; undefined once they are taken in. */
  async waitingRows(id: UserImportId, number: number): Promise<unknown[] | undefined> {
    const found = await this.chunks.findOne({ importId: id, number }, 'rows').lean();
    if (typeof found?.rows !== 'string') return undefined;
    const rows: unknown = JSON.parse(found.rows);
    return Array.isArray(rows) ? rows : [];
  }

  /** Joins the transaction that takes the rows in; the rows themselves are no longer kept. */
  async finish(id: UserImportId, number: number, results: readonly ImportedRow[]): Promise<void> {
    const counts = sumOf(
      results.map(({ outcome }) => ({ created: 0, skipped: 0, refused: 0, [outcome]: 1 })),
    );
    await this.chunks.updateOne({ importId: id, number }, { $set: { rows: null, counts, results } });
  }

  /** The chunks that are taken in, in order. */
  async finished(id: UserImportId): Promise<ChunkCounts[]> {
    const found = await this.chunks
      .find({ importId: id, rows: null }, 'number counts')
      .sort({ number: 1 })
      .batchSize(1_000)
      .lean();
    return found.flatMap(({ number, counts }) => (counts === null ? [] : [{ number, ...counts }]));
  }

  /** What the rows of these chunks became, in order. */
  async results(id: UserImportId, numbers: readonly number[]): Promise<ImportedRow[]> {
    const found = await this.chunks
      .find({ importId: id, number: trusted({ $in: [...numbers] }) }, 'results')
      .sort({ number: 1 })
      .lean();
    return found.flatMap(({ results }) => results);
  }
}

function toImport({ _id, importer, jobId, roles, expireAt: _, ...rest }: UserImportDocument): UserImport {
  return {
    ...rest,
    id: userImportIds.parse(_id.toString()),
    importer: userIds.parse(importer.toString()),
    jobId: jobIds.parse(jobId.toString()),
    roles: roles.map((role) => roleIds.parse(role.toString())),
  };
}
