import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * One spelling an address: trimmed, lower-cased, NFC, a domain in Punycode as the letters that it stands for. What is
 * stored, compared and looked up. Lower-cased first: 'J̌' is two characters in NFC, and 'ǰ' is one.
 */
export function normalizeEmail(text: string): string {
  const address = text.trim().toLowerCase().normalize('NFC');
  const { name, domain } = partsOf(address);
  const { ascii, unicode } = spellingsOf(domain);
  return domain !== '' && domain === ascii ? `${name}@${unicode}` : address;
}

/**
 * Whether the domain is written as itself. A letter that mail programs and resolvers would read as another one, as 'ⓧ'
 * is read as 'x' (UTS 46), would give one mailbox several accounts.
 */
export function hasPlainDomain(address: string): boolean {
  const { domain } = partsOf(address.toLowerCase().normalize('NFC'));
  const { ascii, unicode } = spellingsOf(domain);
  return domain !== '' && (domain === ascii || domain === unicode);
}

/** The domain is '' where there is no '@'. */
function partsOf(address: string): { name: string; domain: string } {
  const at = address.lastIndexOf('@');
  return at === -1
    ? { name: address, domain: '' }
    : { name: address.slice(0, at), domain: address.slice(at + 1) };
}

/** Both '' when no domain can be written so. */
function spellingsOf(domain: string): { ascii: string; unicode: string } {
  const ascii = domainToASCII(domain);
  return { ascii, unicode: domainToUnicode(ascii) };
}
