import { Schema, type Types } from 'mongoose';

/**
 * A user as somebody who holds keys. Written by whatever adds or ends keys of theirs, so that two such changes never
 * happen at the same time: else a key that is made while its owner is suspended would outlive the suspension.
 */
export interface ApiKeyHolderDocument {
  /** The user's id. */
  _id: Types.ObjectId;
  changes: number;
}

export const ApiKeyHolderModelName = 'ApiKeyHolder';

// No index but that of _id: every query names the user.
export const ApiKeyHolderSchema = new Schema<ApiKeyHolderDocument>(
  { _id: { type: Schema.Types.ObjectId, required: true }, changes: { type: Number, required: true } },
  { collection: 'apiKeyHolders', versionKey: false },
);
