import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model, type QueryFilter } from 'mongoose';
import { registrationIds, type RegistrationId } from '../../../common/ids.js';
import type { RegistrationAttempt } from './registration-attempt.js';
import {
  RegistrationAttemptModelName,
  type RegistrationAttemptDocument,
} from './registration-attempt.schema.js';

/** All access to the collection `registrations`. Plain objects in, plain objects out. */
@Injectable()
export class RegistrationAttemptsRepository {
  constructor(
    @InjectModel(RegistrationAttemptModelName) private readonly attempts: Model<RegistrationAttemptDocument>,
  ) {}

  async insert({ id, ...attempt }: RegistrationAttempt): Promise<void> {
    await this.attempts.insertOne({ ...attempt, _id: new Types.ObjectId(id) });
  }

  async find(id: RegistrationId, now: Date): Promise<RegistrationAttempt | null> {
    return attemptOf(await this.attempts.findOne({ _id: id, ...openAt(now) }).lean());
  }

  async findLatest(email: string, now: Date): Promise<RegistrationAttempt | null> {
    return attemptOf(
      await this.attempts
        .findOne({ email, ...openAt(now) })
        .sort({ createdAt: -1 })
        .lean(),
    );
  }

  async count(email: string, now: Date): Promise<number> {
    return this.attempts.countDocuments({ email, ...openAt(now) });
  }

  async deleteAllOf(email: string): Promise<void> {
    await this.attempts.deleteMany({ email });
  }
}

function openAt(now: Date): QueryFilter<RegistrationAttemptDocument> {
  return { expireAt: trusted({ $gt: now }) };
}

function attemptOf(document: RegistrationAttemptDocument | null): RegistrationAttempt | null {
  if (document === null) return null;
  const { _id, ...attempt } = document;
  return { id: registrationIds.parse(_id.toHexString()), ...attempt };
}
