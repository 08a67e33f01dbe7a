/** Bytes that break the protocol: whoever sent them is cut off. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
