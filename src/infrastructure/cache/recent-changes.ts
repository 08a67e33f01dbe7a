/**
 * What was changed lately. What Redis holds of it may have been written before the change, by a process that had not
 * heard of it or while Redis could not be told: until it has expired there, nobody goes by it.
 */
export class RecentChanges {
  private readonly changedAt = new Map<string, number>();

  /** `memory`: milliseconds for which a change is remembered. */
  constructor(private readonly memory: number) {}

  /** '*' for everything. Times are those of performance.now(). */
  add(id: string, now: number): void {
    // Taken out first, so that the oldest stay in front.
    this.changedAt.delete(id);
    this.changedAt.set(id, now);
    for (const [oldest, at] of this.changedAt) {
      if (now - at <= this.memory) return;
      this.changedAt.delete(oldest);
    }
  }

  /** Whether it, or everything, was changed less than `age` milliseconds ago. */
  hasWithin(id: string, age: number, now: number): boolean {
    return [id, '*'].some((changed) => now - (this.changedAt.get(changed) ?? -Infinity) < age);
  }
}
