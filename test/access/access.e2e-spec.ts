import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessMetadata, type Access } from '../../src/http/access.decorators.js';
import { permissionCatalogue } from '../../src/modules/roles/permission-catalogue.js';
import { startApi, type RunningApi } from '../support/app.js';

interface Declared {
  readonly route: string;
  readonly handler: string;
  readonly access: Access | undefined;
}

const unprefixed = /^\/(health|metrics|admin|\.well-known)(\/|$)/;

function pathOf(...parts: string[]): string {
  const path = `/${parts.flatMap((part) => part.split('/').filter((piece) => piece !== '')).join('/')}`;
  return unprefixed.test(path) ? path : `/api${path}`;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function routesOf(controller: Function): Declared[] {
  const reflector = new Reflector();
  const prototype: object = controller.prototype;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler: unknown = Reflect.get(prototype, name);
    if (typeof handler !== 'function') return [];
    const method: unknown = Reflect.getMetadata(METHOD_METADATA, handler);
    if (typeof method !== 'number') return [];
    const path = pathOf(
      asText(Reflect.getMetadata(PATH_METADATA, controller)),
      asText(Reflect.getMetadata(PATH_METADATA, handler)),
    );
    return {
      route: `${RequestMethod[method]} ${path}`,
      handler: `${controller.name}.${name}`,
      access: reflector.getAllAndOverride<Access | undefined>(accessMetadata, [handler, controller]),
    };
  });
}

function describeAccess(access: Access | undefined): string {
  if (access?.kind === 'permission') return access.alternatives.join(' or ');
  if (access?.kind === 'authenticated')
    return access.apiKey ? 'authenticated, or an API key' : 'authenticated';
  return access?.kind ?? 'NOT DECLARED';
}

describe('access', () => {
  let api: RunningApi;
  let declared: Declared[];

  beforeAll(async () => {
    api = await startApi();
    const modules = [...api.app.get(ModulesContainer, { strict: false }).values()];
    const controllers = modules.flatMap((module) => [...module.controllers.values()]);
    const types = new Set(
      controllers.flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : [])),
    );
    declared = [...types].flatMap((type) => routesOf(type));
  });
  afterAll(() => api.close());

  it('is declared by every handler', () => {
    const undeclared = declared.filter(({ access }) => access === undefined).map(({ handler }) => handler);
    expect(
      undeclared,
      'nobody can call these handlers: give each @Public(), @Authenticated() or @RequirePermission() of src/http/access.decorators.ts',
    ).toEqual([]);
  });

  it('asks only for permissions that exist', () => {
    const known = new Set<string>(permissionCatalogue);
    const asked = declared.flatMap(({ access }) =>
      access?.kind === 'permission' ? access.alternatives : [],
    );
    expect(
      asked.filter((name) => !known.has(name)),
      'no role can hold these: add them to src/modules/roles/permission-catalogue.ts',
    ).toEqual([]);
  });

  it('is what was agreed for each route; a change here is a change of who may do what', async () => {
    const lines = declared.map(({ route, access }) => `${route} -> ${describeAccess(access)}`).toSorted();
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./routes.snapshot.txt');
  });

  it('is refused without credentials wherever it is not public', async () => {
    const guarded = declared.filter(({ access }) => access?.kind !== 'public' && access?.kind !== 'probe');
    expect(guarded.length).toBeGreaterThan(5);
    for (const { route } of guarded) {
      const [method = '', path = ''] = route.split(' ');
      const reply = await api.client.call(method, path.replaceAll(/:\w+/g, '0'.repeat(24)));
      expect([route, reply.status, reply.body.code]).toEqual([route, 401, 'UNAUTHENTICATED']);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    }
  });
});
