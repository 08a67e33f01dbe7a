import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, IndexDefinition, IndexOptions, Model } from 'mongoose';

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

  /** The declared indexes that the database lacks or defines otherwise, as '<collection>.<name of the index>'. */
  async missing(): Promise<string[]> {
    const names = await Promise.all(
      this.models().map(async (model) => {
        const { toCreate } = await model.diffIndexes();
        return model.schema
          .indexes()
          .filter(([keys]) => toCreate.some((lacking: unknown) => isDeepStrictEqual(lacking, keys)))
          .map(([keys, options]) => `${model.collection.name}.${nameOf(keys, options)}`);
      }),
    );
    return names.flat();
  }

  private models(): Model<unknown>[] {
    return Object.values(this.connection.models);
  }
}

/** The name that the database gives to an index that was declared without one. */
function nameOf(keys: IndexDefinition, { name }: IndexOptions): string {
  if (typeof name === 'string') return name;
  return Object.entries(keys).flat().join('_');
}
