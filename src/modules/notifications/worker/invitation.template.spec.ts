import { expect, it } from 'vitest';
import { invitationText } from './invitation.template.js';

const expiresAt = new Date('2026-12-01T10:30:45Z');

it('says who, where and until when, in text and in HTML', () => {
  const { subject, text, html } = invitationText({
    name: 'Ada',
    link: 'https://nexus.example/accept-invitation#token=abc',
    expiresAt,
  });
  expect(subject).toBe('You are invited: choose your password');
  for (const body of [text, html]) {
    expect(body).toContain('Hello Ada,');
    expect(body).toContain('https://nexus.example/accept-invitation#token=abc');
    expect(body).toContain('2026-12-01 10:30 UTC');
  }
});

it('escapes a name that is written like HTML', () => {
  const { text, html } = invitationText({
    name: `<img src="x" onerror='y'>&`,
    link: 'https://n/',
    expiresAt,
  });
  expect(text).toContain(`Hello <img src="x" onerror='y'>&,`);
  expect(html).toContain('Hello &lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;,');
  expect(html).not.toContain('<img');
});
