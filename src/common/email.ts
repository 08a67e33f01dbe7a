/**
 * One spelling an address: trimmed, lower-cased, NFC. What is stored, compared and looked up. Lower-cased first: 'J̌' is
 * two characters in NFC, and 'ǰ' is one.
 */
export function normalizeEmail(text: string): string {
  return text.trim().toLowerCase().normalize('NFC');
}
