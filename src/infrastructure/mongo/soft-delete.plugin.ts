import type { Aggregate, Query, Schema } from 'mongoose';

/** Fields that the plugin adds to a schema. */
export interface SoftDeletable {
  isDeleted: boolean;
  deletedAt: Date | null;
}

declare module 'mongoose' {
  interface QueryOptions {
    /** Deleted documents take part in this operation. */
    withDeleted?: boolean;
  }
  interface AggregateOptions {
    withDeleted?: boolean;
  }
}

// Named one by one: a pattern like /^find/ misses countDocuments, distinct and every write.
const filteredOperations = [
  'countDocuments',
  'deleteMany',
  'deleteOne',
  'distinct',
  'find',
  'findOne',
  'findOneAndDelete',
  'findOneAndReplace',
  'findOneAndUpdate',
  'replaceOne',
  'updateMany',
  'updateOne',
] as const;

// These must stay the first stage of a pipeline.
const leadingStages = ['$geoNear', '$search', '$searchMeta', '$vectorSearch', '$documents'];

/**
 * Hides deleted documents from every read and write unless the operation sets `withDeleted: true` or its own filter
 * speaks of isDeleted: what a caller asked for is never overridden. insertMany and bulkWrite are not touched.
 */
export function softDelete(schema: Schema): void {
  schema.add({
    isDeleted: { type: Boolean, required: true, default: false },
    deletedAt: { type: Date, default: null },
  });

  schema.pre([...filteredOperations], function (this: Query<unknown, unknown>) {
    if (this.getOptions().withDeleted === true || Object.hasOwn(this.getFilter(), 'isDeleted')) return;
    this.where({ isDeleted: false });
  });

  schema.pre('aggregate', function (this: Aggregate<unknown>) {
    if (this.options.withDeleted === true) {
      // The server knows no such option.
      delete this.options.withDeleted;
      return;
    }
    const pipeline = this.pipeline();
    const [first] = pipeline;
    const leads = first !== undefined && leadingStages.some((stage) => Object.hasOwn(first, stage));
    const asksItself = first !== undefined && '$match' in first && Object.hasOwn(first.$match, 'isDeleted');
    if (!asksItself) pipeline.splice(leads ? 1 : 0, 0, { $match: { isDeleted: false } });
  });
}
