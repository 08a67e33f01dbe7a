import { describe, expect, it } from 'vitest';
import { httpConfig } from '../../config/http.config.js';
import { DeviceCookies } from './device-cookies.js';

const settings = { ...httpConfig(), csrfSecret: 'kJ8s2Lq0Vx7Zr4Tn9Wb1Yc6Mh3Pd5Gf0' };
const devices = new DeviceCookies(settings);
const ada = 'ada@nexus.test';

describe('the device cookie', () => {
  it('is known for its account, however the address is written, in every process and after a restart', () => {
    const cookie = devices.remember(undefined, ada);
    const id = devices.recognise(cookie, ada);
    expect(id).toMatch(/^[\w-]{12}$/);
    expect(devices.recognise(cookie, ' ADA@nexus.test')).toBe(id);
    expect(new DeviceCookies(settings).recognise(cookie, ada)).toBe(id);
  });

  it('is not known for another account, under another secret, or changed', () => {
    const cookie = devices.remember(undefined, ada);
    expect(devices.recognise(cookie, 'bob@nexus.test')).toBeUndefined();
    const other = new DeviceCookies({ ...settings, csrfSecret: 'another-one-kJ8s2Lq0Vx7Zr4Tn9Wb1Yc' });
    expect(other.recognise(cookie, ada)).toBeUndefined();
    for (const changed of [
      `${cookie.startsWith('x') ? 'y' : 'x'}${cookie.slice(1)}`,
      cookie.slice(1),
      `${cookie}x`,
      '',
      '.',
      'x'.repeat(4_000),
    ]) {
      expect(devices.recognise(changed, ada)).toBeUndefined();
    }
  });

  it('stays the same for who is known, and keeps the others who share the browser, five at most', () => {
    let cookie = devices.remember(undefined, ada);
    expect(devices.remember(cookie, ada)).toBe(cookie);
    for (const name of ['b', 'c', 'd', 'e']) cookie = devices.remember(cookie, `${name}@nexus.test`);
    expect(devices.recognise(cookie, ada)).toBeDefined();
    cookie = devices.remember(cookie, 'f@nexus.test');
    expect(devices.recognise(cookie, ada)).toBeUndefined();
    expect(devices.recognise(cookie, 'b@nexus.test')).toBeDefined();
  });
});
