import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions, type AuditAction } from '../../src/modules/audit/audit-action.js';
import { startService, type Service } from '../accounts/support.js';
import { eventually } from './trail.js';
import { authWalkers } from './walkers/auth.js';
import { queueWalkers } from './walkers/queues.js';
import { userWalkers } from './walkers/users.js';
import { Ground, type Walker } from './walkers/walker.js';

/** An action without a walker does not compile, and a walker of no action neither. */
const walkers: Readonly<Record<AuditAction, Walker>> = { ...authWalkers, ...userWalkers, ...queueWalkers };

describe('every act that matters to security leaves its entry', () => {
  let service: Service;
  let ground: Ground;

  beforeAll(async () => {
    service = await startService({ REQUIRE_VERIFIED_EMAIL: 'true' });
    ground = await Ground.of(service);
  });
  afterAll(() => service?.[Symbol.asyncDispose]());

  it.concurrent.each(auditActions)('%s', async (action) => {
    const { actor, target, outcome = 'success', changes = [] } = await walkers[action](ground);
    const filter = `action=${action}&target=${encodeURIComponent(target)}&actor=${actor}`;
    const [entry] = await eventually(ground.admin, filter);
    expect(entry).toMatchObject({ action, outcome, actor: { id: actor }, target: { id: target } });
    expect(entry?.ip).toBe('127.0.0.1');
    expect(entry?.requestId).toMatch(/^[\w.-]{1,128}$/);
    expect(Object.keys(entry?.changes ?? {})).toEqual(expect.arrayContaining([...changes]));
    expect(Date.now() - Date.parse(String(entry?.at))).toBeLessThan(60_000);
    // Whatever an act was given to keep secret, the trail does not have it.
    expect(JSON.stringify(entry)).not.toMatch(/Horse|Battery|sk_|\$2[aby]\$|eyJ/);
  });
});
