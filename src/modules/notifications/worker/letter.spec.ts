import { expect, it } from 'vitest';
import { apiKeyRotatedNotice, existingAccount, invitation, loginCode } from './account-letters.js';
import { mailText } from './letter.js';

const expiresAt = new Date('2026-12-01T10:30:45Z');

it('says who, where and until when, in text and in HTML', () => {
  const { subject, text, html } = mailText(
    invitation({ name: 'Ada', link: 'https://nexus.example/accept-invitation#token=abc', expiresAt }),
  );
  expect(subject).toBe('You are invited: choose your password');
  for (const body of [text, html]) {
    expect(body).toContain('Hello Ada,');
    expect(body).toContain('https://nexus.example/accept-invitation#token=abc');
    expect(body).toContain('2026-12-01 10:30 UTC');
  }
});

it('escapes a name that is written like HTML', () => {
  const name = `<img src="x" onerror='y'>&`;
  const { text, html } = mailText(loginCode({ name, code: '012345', expiresAt }));
  expect(text).toContain(`Hello <img src="x" onerror='y'>&,`);
  expect(html).toContain('Hello &lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;,');
  expect(html).not.toContain('<img');
  for (const body of [text, html]) expect(body).toContain('012345');
});

it('tells who registered for an account that exists, and nothing else of theirs', () => {
  const { text } = mailText(existingAccount({ ip: '203.0.113.7', at: expiresAt }));
  expect(text).toContain('on 2026-12-01 10:30 UTC from the network address 203.0.113.7');
});

it('tells an owner whose key somebody else has rotated', () => {
  const { subject, text } = mailText(apiKeyRotatedNotice({ name: 'Ada' }));
  expect(subject).toBe('An API key of yours was replaced');
  expect(text).toContain('was shown the new one');
});
