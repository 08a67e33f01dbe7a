import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, type Types } from 'mongoose';
import { transports, type Transport } from './session.js';

@Schema({ collection: 'sessions', versionKey: false })
export class SessionEntity {
  _id!: Types.ObjectId;

  @Prop({ type: SchemaTypes.ObjectId, ref: 'User', required: true })
  userId!: Types.ObjectId;

  /** The user agent as it named itself. */
  @Prop({ type: String, required: true })
  device!: string;

  @Prop({ type: String, required: true })
  ip!: string;

  @Prop({ type: String, enum: transports, required: true })
  transport!: Transport;

  @Prop({ type: Date, required: true })
  createdAt!: Date;

  @Prop({ type: Date, required: true })
  authenticatedAt!: Date;

  @Prop({ type: Date, required: true })
  lastUsedAt!: Date;

  @Prop({ type: Date, required: true })
  expiresAt!: Date;

  @Prop({ type: String, required: true })
  refreshHash!: string;

  @Prop({ type: String, default: null })
  parentHash!: string | null;

  @Prop({ type: Date, required: true })
  rotatedAt!: Date;
}

export const sessionSchema = SchemaFactory.createForClass(SessionEntity);

// One user's sessions, the latest first: their list, and ending all of them.
sessionSchema.index({ userId: 1, createdAt: -1 });
// The database removes what has expired; whether a session counts is decided by the date, not by its presence.
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
