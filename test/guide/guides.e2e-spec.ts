import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service } from '../accounts/support.js';
import { HandClock, minutes } from '../sessions/clock.js';
import { administrator } from '../support/app.js';
import { stepsOf, type Step } from './page.js';
import { differences, textDifferences } from './resemblance.js';
import { Shell } from './shell.js';

/** As a reader has started it: with all limits, and mails as files in the folder they are in. */
const settingsOf = (folder: string) => ({
  REQUIRE_VERIFIED_EMAIL: 'true',
  RATE_LIMIT_ANONYMOUS: '100/15m',
  RATE_LIMIT_PRINCIPAL: '1000/15m',
  RATE_LIMIT_AUTH_FAILURES: '5/15m',
  MAIL_FOLDER: join(folder, '.nexus/mail'),
});

/** As one reader goes through them; the last one uses the limits up. */
const pages = ['authentication.md', 'api-keys.md', 'roles-and-permissions.md', 'caching.md', 'limits.md'];

describe('the guides', () => {
  let folder: string;
  let service: Service;
  let clock: HandClock;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nexus-guide-'));
    service = await startService(settingsOf(folder));
    clock = await HandClock.take();
  });
  afterAll(async () => {
    clock?.[Symbol.dispose]();
    await service?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it.each(pages)('docs/guide/%s can be followed step by step', { timeout: 90_000 }, async (page) => {
    const steps = stepsOf(page);
    expect(steps.length).toBeGreaterThan(1);
    await using shell = new Shell(folder, {
      API: service.api.url,
      ADMIN_EMAIL: administrator.email,
      ADMIN_PASSWORD: administrator.password,
    });
    for (const step of steps) {
      clock.forward(minutes(step.minutesLater));
      const printed = await shell.run(step.commands);
      expect(problemsWith(step, printed), `${step.title}:\n${step.commands}\nprinted:\n${printed}`).toEqual(
        [],
      );
    }
  });
});

function problemsWith({ shown }: Step, printed: string): string[] {
  if (shown === undefined) return /"success":false/.test(printed) ? ['a failure that is not shown'] : [];
  if (shown.kind === 'text') return textDifferences(shown.content, printed);
  // Each request answers one line; the page shows the last of them.
  const last = printed.split(/\n|(?<=\})(?=\{"statusCode")/).at(-1) ?? '';
  return differences(JSON.parse(shown.content), JSON.parse(last));
}
