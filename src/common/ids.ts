import { DomainError } from './domain-error.js';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Id<'User'>;
export type RoleId = Id<'Role'>;
export type PermissionId = Id<'Permission'>;
export type SessionId = Id<'Session'>;
export type ApiKeyId = Id<'ApiKey'>;
export type JobId = Id<'Job'>;
export type UserImportId = Id<'UserImport'>;
export type RegistrationId = Id<'Registration'>;
export type AuditEntryId = Id<'AuditEntry'>;

const format = /^[0-9a-f]{24}$/;

/** A way from a client's or a driver's text to a branded id. */
export interface IdParser<Branded extends string> {
  readonly label: string;
  is(text: unknown): text is Branded;
  /** @throws DomainError invalid / INVALID_ID when the text is not 24 lower-case hexadecimal digits. */
  parse(text: string): Branded;
}

function idParser<Branded extends string>(label: string): IdParser<Branded> {
  const is = (text: unknown): text is Branded => typeof text === 'string' && format.test(text);
  return {
    label,
    is,
    parse: (text) => {
      if (!is(text)) {
        throw new DomainError('invalid', 'INVALID_ID', `${label} id must be 24 hexadecimal digits`);
      }
      return text;
    },
  };
}

export const userIds = idParser<UserId>('User');
export const roleIds = idParser<RoleId>('Role');
export const permissionIds = idParser<PermissionId>('Permission');
export const sessionIds = idParser<SessionId>('Session');
export const apiKeyIds = idParser<ApiKeyId>('API key');
export const jobIds = idParser<JobId>('Job');
export const userImportIds = idParser<UserImportId>('Import');
export const auditEntryIds = idParser<AuditEntryId>('Audit entry');
export const registrationIds = idParser<RegistrationId>('Registration');
