/** So many may be at something at once; the others wait, and the first to come is the first to go on. */
export class Places {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly count: number) {}

  /** How many wait for a place. */
  get queued(): number {
    return this.waiting.length;
  }

  /** True when there was a free place, and the caller has it now. */
  take(): boolean {
    if (this.taken >= this.count) return false;
    this.taken += 1;
    return true;
  }

  /** Waits for the place that somebody leaves. Call `withdraw` to have it no more, also when it was just given. */
  queue(): { readonly turn: Promise<void>; readonly withdraw: () => void } {
    let given = (): void => undefined;
    const turn = new Promise<void>((resolve) => (given = resolve));
    this.waiting.push(given);
    const withdraw = (): void => {
      const index = this.waiting.indexOf(given);
      if (index < 0) this.leave();
      else this.waiting.splice(index, 1);
    };
    return { turn, withdraw };
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }
}
