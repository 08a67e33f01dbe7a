import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, type Model } from 'mongoose';
import { Clock } from '../../../common/clock.js';
import { duplicateKeyFields } from '../database-errors.js';
import {
  IdempotencyKeyModelName,
  type IdempotencyKeyDocument,
  type KeptAnswer,
} from './idempotency-key.schema.js';

/** Milliseconds after which the attempt of a process that died no longer holds others up. */
export const claimLease = 60_000;
/** Milliseconds for which an answer is given again. */
export const answersKept = 24 * 60 * 60 * 1_000;

export type Claim =
  /** Nobody is about it: the holder of `claim` is now. */
  | { readonly kind: 'mine'; readonly claim: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** The key belongs to something else that was asked. */
  | { readonly kind: 'taken' };

/** Which requests are being answered, and what was answered, by the clock of the database. */
@Injectable()
export class IdempotencyKeysRepository {
  constructor(
    @InjectModel(IdempotencyKeyModelName) private readonly keys: Model<IdempotencyKeyDocument>,
    private readonly clock: Clock,
  ) {}

  /** Never inside a unit of work: the others have to see it at once. */
  async claim(id: string, fingerprint: string): Promise<Claim> {
    const claim = randomUUID();
    // Looked at before it is written: a write may wait for the attempt under way, and many that wait would take every
    // connection, among them the one that this attempt needs for its commit.
    let known = await this.find(id);
    if (known === null) {
      if (await this.begin(id, fingerprint, claim)) return { kind: 'mine', claim };
      known = await this.find(id);
    }
    // It failed, or expired, between the two looks at it.
    if (known === null) return { kind: 'running' };

    if (known.fingerprint === fingerprint && known.answer !== null && known.expireAt > this.clock.now()) {
      return { kind: 'answered', answer: known.answer };
    }
    if (await this.takeOver(known, fingerprint, claim)) return { kind: 'mine', claim };
    return known.fingerprint === fingerprint ? { kind: 'running' } : { kind: 'taken' };
  }

  /**
   * Inside the unit of work of what is answered: both are there or neither.
   * @returns false when another attempt has taken over since.
   */
  async complete(id: string, claim: string, answer: KeptAnswer): Promise<boolean> {
    const { matchedCount } = await this.keys.updateOne(
      { _id: id, claim, answer: null },
      { $set: { answer } },
    );
    return matchedCount === 1;
  }

  /** Another attempt may begin at once. */
  async release(id: string, claim: string): Promise<void> {
    await this.keys.deleteOne({ _id: id, claim, answer: null });
  }

  private find(id: string): Promise<IdempotencyKeyDocument | null> {
    return this.keys.findById(id).lean<IdempotencyKeyDocument | null>().exec();
  }

  private async begin(id: string, fingerprint: string, claim: string): Promise<boolean> {
    try {
      // A key that is there does not match, and is not touched: an attempt under way must not run into a conflict.
      const { upsertedCount } = await this.keys.updateOne(
        { _id: id, claim: trusted({ $exists: false }) },
        beginning(fingerprint, claim),
        { upsert: true, updatePipeline: true },
      );
      return upsertedCount === 1;
    } catch (error) {
      if (duplicateKeyFields(error) !== undefined) return false;
      throw error;
    }
  }

  /** What an attempt that died left behind, or an answer whose time is over and that is not dropped yet. */
  private async takeOver(
    known: IdempotencyKeyDocument,
    fingerprint: string,
    claim: string,
  ): Promise<boolean> {
    // The time as this process knows it only saves the question: an update that changes nothing would still be in the way of an
    // attempt under way. The database's clock decides.
    const isSame = known.fingerprint === fingerprint && known.answer === null;
    if ((isSame ? known.leaseUntil : known.expireAt) > this.clock.now()) return false;
    const isFree = { $lte: [isSame ? '$leaseUntil' : '$expireAt', '$$NOW'] };
    const now = await this.keys
      .findOneAndUpdate(
        { _id: known._id, claim: known.claim, answer: known.answer === null ? null : trusted({ $ne: null }) },
        beginning(fingerprint, claim, isFree),
        { returnDocument: 'after', updatePipeline: true },
      )
      .lean<IdempotencyKeyDocument | null>();
    return now?.claim === claim;
  }
}

/** An attempt's first write, where `condition` holds: an expression of the database. */
function beginning(fingerprint: string, claim: string, condition: object | true = true) {
  const fields = {
    fingerprint: { $literal: fingerprint },
    claim: { $literal: claim },
    leaseUntil: { $add: ['$$NOW', claimLease] },
    answer: null,
    expireAt: { $add: ['$$NOW', answersKept] },
  };
  return [
    {
      $set: Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, { $cond: [condition, value, `$${name}`] }]),
      ),
    },
  ];
}
