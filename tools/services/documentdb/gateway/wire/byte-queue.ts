/**
 * Bytes as they came from a socket, taken out again in pieces of known length. Nothing is copied while a piece lies in
 * one chunk, and nothing is allocated for a length that was only claimed.
 */
export class ByteQueue {
  private chunks: Buffer[] = [];
  private size = 0;

  get length(): number {
    return this.size;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  /** A buffer that begins with the next `count` bytes, which stay in the queue; null when fewer have come. */
  peek(count: number): Buffer | null {
    if (this.size < count) return null;
    const first = this.chunks[0];
    return first !== undefined && first.length >= count ? first : this.join(count);
  }

  /** Removes and returns the next `count` bytes; null when fewer have come. */
  take(count: number): Buffer | null {
    const head = this.peek(count);
    if (head === null) return null;
    this.size -= count;
    if (head.length === count) {
      this.chunks.shift();
      return head;
    }
    this.chunks[0] = head.subarray(count);
    return head.subarray(0, count);
  }

  private join(count: number): Buffer {
    let covered = 0;
    let used = 0;
    while (covered < count) covered += this.chunks[used++]?.length ?? count;
    const joined = Buffer.concat(this.chunks.slice(0, used));
    this.chunks.splice(0, used, joined);
    return joined;
  }
}
