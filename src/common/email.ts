/** One spelling an address: NFC, trimmed, lower-cased. What is stored, compared and looked up. */
export function normalizeEmail(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}
