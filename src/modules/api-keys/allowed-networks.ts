import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

const bitsOf = { 4: 32, 6: 128 } as const;

/** An address, or a network as CIDR: '203.0.113.7', '10.0.0.0/8', '2001:db8::/32'. No zones. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || address.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^(0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= bitsOf[version]);
}

/** The addresses that a key may be used from. An IPv4 address is the same whether it is written as such or mapped. */
export class AllowedNetworks {
  private readonly list = new BlockList();

  /** `networks` as isNetwork accepts them. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      const family = isIPv4(address) ? 'ipv4' : 'ipv6';
      if (prefix === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    if (isIPv6(address)) return this.list.check(address, 'ipv6');
    // The second question finds a network that was itself written in the mapped form.
    return (
      isIPv4(address) && (this.list.check(address, 'ipv4') || this.list.check(`::ffff:${address}`, 'ipv6'))
    );
  }
}
