import { AsyncResource } from 'node:async_hooks';

/** Writes on their way at once: what comes meanwhile waits for the next. */
const mostAtOnce = 2;
const mostTogether = 100;

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface Writer<Item> {
  write(items: readonly Item[]): Promise<void>;
  /** One that may be written already. */
  writeAlone(item: Item): Promise<void>;
  /** Whether the error is about an item, so that others of the same write may be written by themselves. */
  isRefusal(error: unknown): boolean;
}

/**
 * Writes what is asked for one by one, and by many at once, together: for a database one write of twenty rows is hardly
 * more work than one of one. What comes alone is written at once.
 */
export class GatheredWrites<Item> {
  // A write is for all who wait for it: it belongs to the context of none.
  private readonly outside = new AsyncResource('GatheredWrites');
  private waiting: Waiting<Item>[] = [];
  private running = 0;

  constructor(private readonly writer: Writer<Item>) {}

  /** Resolves when the item is written. @throws what its write threw; what is wrong with another harms it not. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.running < mostAtOnce) this.outside.runInAsyncScope(() => void this.writeWaiting());
    });
  }

  private async writeWaiting(): Promise<void> {
    this.running += 1;
    while (this.waiting.length > 0) {
      await this.writeTogether(this.waiting.splice(0, mostTogether));
    }
    this.running -= 1;
  }
  private async writeTogether(together: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.writer.write(together.map(({ item }) => item));
      for (const { resolve } of together) resolve();
    } catch (error) {
      if (together.length > 1 && this.writer.isRefusal(error)) {
        for (const { item, resolve, reject } of together) {
          await this.writer.writeAlone(item).then(resolve, reject);
        }
      } else {
        for (const { reject } of together) reject(error);
      }
    }
  }
}
