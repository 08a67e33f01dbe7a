import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

@Schema({ collection: 'permissions', versionKey: false, timestamps: true })
export class PermissionEntity {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  resource!: string;

  @Prop({ type: String, required: true })
  action!: string;

  createdAt!: Date;
  updatedAt!: Date;
}

export const permissionSchema = SchemaFactory.createForClass(PermissionEntity);

// Serves the seed's lookup by name, and keeps a permission from existing twice.
permissionSchema.index({ resource: 1, action: 1 }, { unique: true });
