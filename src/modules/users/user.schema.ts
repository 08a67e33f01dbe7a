import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, Types } from 'mongoose';
import { softDelete, type SoftDeletable } from '../../infrastructure/mongo/soft-delete.plugin.js';
import type { FormerPassword } from './password-history.js';
import { userStatuses, type UserStatus } from './user-status.js';

@Schema({ collection: 'users', timestamps: true, versionKey: false })
export class UserEntity implements SoftDeletable {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  email!: string;

  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: Number, default: null })
  age!: number | null;

  @Prop({ type: String, enum: userStatuses, required: true })
  status!: UserStatus;

  @Prop({ type: [{ type: MongooseSchema.Types.ObjectId, ref: 'Role' }], required: true })
  roles!: Types.ObjectId[];

  @Prop({ type: String, default: null, select: false })
  passwordHash!: string | null;

  /** Hashes that were replaced, the latest first. */
  @Prop({
    type: [new MongooseSchema({ hash: String, replacedAt: Date }, { _id: false, id: false })],
    default: [],
    select: false,
  })
  passwordHistory!: FormerPassword[];

  /** The address that was asked for, until whoever reads it proves it. */
  @Prop({ type: String, default: null, select: false })
  pendingEmail!: string | null;

  /** The address before the last change. */
  @Prop({ type: String, default: null, select: false })
  previousEmail!: string | null;

  @Prop({ type: String, default: null })
  profileImage!: string | null;

  @Prop({ type: Boolean, default: false })
  emailVerified!: boolean;

  @Prop({ type: Date, default: null })
  lastLoginAt!: Date | null;

  /** Counts the changes of what clients see; the ETag is made of it. */
  @Prop({ type: Number, default: 1 })
  revision!: number;

  isDeleted!: boolean;
  deletedAt!: Date | null;
  createdAt!: Date;
  updatedAt!: Date;
}

export const userSchema = SchemaFactory.createForClass(UserEntity);
userSchema.plugin(softDelete);

// One account an address; a deleted user's address is free again. Serves login and the list sorted by e-mail.
userSchema.index({ email: 1 }, { unique: true, partialFilterExpression: { isDeleted: false } });
// The list in its default order and its keyset pages.
userSchema.index({ isDeleted: 1, createdAt: -1, _id: -1 });
// The list by last change.
userSchema.index({ isDeleted: 1, updatedAt: -1, _id: -1 });
// The list by name.
userSchema.index({ isDeleted: 1, name: 1, _id: 1 });
// The list by e-mail, and the prefix search of an address.
userSchema.index({ isDeleted: 1, email: 1, _id: 1 });
// ?status=
userSchema.index({ isDeleted: 1, status: 1, createdAt: -1, _id: -1 });
// ?role=, and who still holds a role.
userSchema.index({ isDeleted: 1, roles: 1, createdAt: -1, _id: -1 });
// ?search= by words; 'none' because names are not English prose.
userSchema.index({ name: 'text', email: 'text' }, { name: 'search', default_language: 'none' });
