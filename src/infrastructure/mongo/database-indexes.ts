import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, Model } from 'mongoose';

/** The collections and indexes that the schemas declare, against those that the database has. */
@Injectable()
export class DatabaseIndexes {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** Creates what is missing; changes and drops nothing. Never runs inside a transaction. */
  async create(): Promise<void> {
    for (const model of this.models()) {
      await model.createCollection();
      await model.createIndexes();
    }
  }

  /** The names of declared indexes that the database lacks, as '<collection>.<index>'. */
  async missing(): Promise<string[]> {
    const names = await Promise.all(
      this.models().map(async (model) => {
        const { toCreate } = await model.diffIndexes();
        return toCreate.map((key) => `${model.collection.name}.${Object.keys(key).join('_')}`);
      }),
    );
    return names.flat();
  }

  private models(): Model<unknown>[] {
    return Object.values(this.connection.models);
  }
}
