import type { PermissionName } from '../../common/principal.js';

/** Every permission that a handler may ask for. A new one reaches the administrators at the next start. */
export const permissionCatalogue = [
  'users:read',
  'users:create',
  'users:update',
  'users:delete',
  'users:restore',
  'users:export',
  'roles:read',
  'roles:create',
  'roles:update',
  'roles:delete',
  'roles:assign',
  'api-keys:manage',
  'queues:read',
  'queues:manage',
  'queues:enqueue',
  'audit:read',
] as const satisfies readonly PermissionName[];

export type CataloguedPermission = (typeof permissionCatalogue)[number];

export interface SystemRole {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly CataloguedPermission[];
}

export const administratorRole = 'admin';
/** What a new user holds when nobody says otherwise. */
export const defaultRole = 'user';

/** Roles that every installation has. They belong to the code: other rights want another role. */
export const systemRoles: readonly SystemRole[] = [
  { name: administratorRole, description: 'May do everything.', permissions: permissionCatalogue },
  {
    name: 'manager',
    description: 'Looks after users and watches the jobs.',
    permissions: [
      'users:read',
      'users:create',
      'users:update',
      'users:export',
      'roles:read',
      'queues:read',
      'queues:enqueue',
    ],
  },
  { name: defaultRole, description: 'A registered user: their own account and no more.', permissions: [] },
  { name: 'guest', description: 'May log in and hold nothing.', permissions: [] },
];
