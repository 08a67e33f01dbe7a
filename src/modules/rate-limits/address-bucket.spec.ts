import { expect, it } from 'vitest';
import { addressBucket } from './address-bucket.js';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:C000:0207', '192.0.2.7'],
  ['192.0.2.7:4711', '192.0.2.7'],
  ['[2001:db8:1:2::9]:4711', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['::1', '::1'],
  ['', 'unknown'],
  ['_hidden', 'unknown'],
  ['192.0.2.7, 192.0.2.8', 'unknown'],
  [undefined, 'unknown'],
])('%s counts as %s', (address, bucket) => expect(addressBucket(address)).toBe(bucket));
