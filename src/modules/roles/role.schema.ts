import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes, type Types } from 'mongoose';

@Schema({ collection: 'roles', versionKey: false, timestamps: true })
export class RoleEntity {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: String, default: '' })
  description!: string;

  @Prop({ type: [{ type: SchemaTypes.ObjectId, ref: 'Permission' }], default: [] })
  permissions!: Types.ObjectId[];

  @Prop({ type: Boolean, required: true, default: false })
  isSystem!: boolean;

  /** Counts the changes; the ETag is made of it. */
  @Prop({ type: Number, required: true, default: 1 })
  revision!: number;

  /** Written by whoever takes the role from a user while the number of its holders matters: see `lockHolders`. */
  @Prop({ type: Number, default: 0 })
  holderLocks!: number;

  createdAt!: Date;
  updatedAt!: Date;
}

export const roleSchema = SchemaFactory.createForClass(RoleEntity);

// Serves lookups by name, and keeps a name from being given twice.
roleSchema.index({ name: 1 }, { unique: true });
// Serves the list in its default order; the id breaks ties.
roleSchema.index({ createdAt: -1, _id: -1 });
