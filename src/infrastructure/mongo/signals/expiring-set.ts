/** Ids that are in it until their time is over; `sweep` keeps it as small as that allows. */
export class ExpiringSet {
  private readonly expiries = new Map<string, number>();

  get size(): number {
    return this.expiries.size;
  }

  has(id: string): boolean {
    return this.expiries.has(id);
  }

  /** Never shortens the time of one that is in already. `expiresAt` on the scale of `sweep`. */
  add(id: string, expiresAt: number): void {
    const known = this.expiries.get(id);
    if (known !== undefined && known >= expiresAt) return;
    // Taken out first, so that what was put in last expires last.
    this.expiries.delete(id);
    this.expiries.set(id, expiresAt);
  }

  /** Forgets from the front what has expired: nearly in the order of expiry, so that it costs what it frees. */
  sweep(now: number): void {
    for (const [id, expiresAt] of this.expiries) {
      if (expiresAt > now) return;
      this.expiries.delete(id);
    }
  }
}
