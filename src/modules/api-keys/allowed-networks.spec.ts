import { describe, expect, it } from 'vitest';
import { AllowedNetworks, isNetwork } from './allowed-networks.js';

describe('AllowedNetworks', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    // The bits behind the prefix do not count.
    ['10.9.9.9/8', '10.0.0.1', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['192.168.1.128/25', '192.168.1.127', false],
    ['192.168.1.128/25', '192.168.1.128', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:DB8:0:0::1', '2001:db8::1', true],
    ['::1', '127.0.0.1', false],
    // An IPv4 address that arrives on a socket of both families.
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:0a01:0203', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['10.1.2.3', '::ffff:10.1.2.3', true],
    // A network that was written in the mapped form.
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['::ffff:10.1.2.3', '10.1.2.3', true],
    ['10.0.0.0/8', 'unknown', false],
    ['10.0.0.0/8', '', false],
  ])('%s holds %s: %s', (network, address, isIn) => {
    expect(new AllowedNetworks([network]).has(address)).toBe(isIn);
  });

  it('is any of its networks', () => {
    const networks = new AllowedNetworks(['10.0.0.0/8', '2001:db8::/32']);
    expect([networks.has('10.0.0.1'), networks.has('2001:db8::1'), networks.has('192.0.2.1')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('isNetwork', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '10.0.0.1/32', '::1', '2001:db8::/32', '::/0', '::1/128'])(
    'takes %s',
    (text) => expect(isNetwork(text)).toBe(true),
  );

  it.each([
    '',
    'localhost',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/1e1',
    '2001:db8::/129',
    'fe80::1%eth0',
    ' 10.0.0.1',
    '10.0.0.1,10.0.0.2',
  ])('refuses %j', (text) => expect(isNetwork(text)).toBe(false));
});
