import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { PermissionName } from '../common/principal.js';

/** Who may call a handler. A handler without a declaration is refused: access is denied by default. */
export type Access =
  | { readonly kind: 'public' }
  /** Health, metrics and keys: no credentials are read, no limits apply, no interceptor runs. */
  | { readonly kind: 'probe' }
  /** A user with a session; an API key only where the handler says so. */
  | { readonly kind: 'authenticated'; readonly apiKey: boolean }
  /** A session or an API key that holds at least one of the alternatives. */
  | { readonly kind: 'permission'; readonly alternatives: readonly PermissionName[] };

export const accessMetadata = 'nexus:access';

type Declaration = MethodDecorator & ClassDecorator;

/** Also tells the API's documentation, as x-access, x-permissions and x-api-key. */
function access(declaration: Access): Declaration {
  return applyDecorators(
    SetMetadata(accessMetadata, declaration),
    ApiExtension('x-access', declaration.kind),
    ...(declaration.kind === 'authenticated' && declaration.apiKey ? [ApiExtension('x-api-key', true)] : []),
    ...(declaration.kind === 'permission' ? [ApiExtension('x-permissions', declaration.alternatives)] : []),
  );
}

export const Public = () => access({ kind: 'public' });
export const Probe = () => access({ kind: 'probe' });
export const Authenticated = (options: { apiKey: boolean } = { apiKey: false }) =>
  access({ kind: 'authenticated', apiKey: options.apiKey });
export const RequirePermission = (...alternatives: [PermissionName, ...PermissionName[]]) =>
  access({ kind: 'permission', alternatives });
