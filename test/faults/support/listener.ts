import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../support/client.js';

export interface HeardEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Json;
}

/**
 * Follows one stream of events as a browser's EventSource does (HTML standard, section 9.2): whatever ends an answer, it
 * comes back with the id of the last event, until it is told by a 204 that nothing follows.
 */
export class Listener {
  readonly events: HeardEvent[] = [];
  /** How many answers it got that were streams. */
  streams = 0;
  /** Told that nothing follows. */
  isOver = false;
  private retry = 500;
  private isStopped = false;

  /** @param where asked before each connection: the process that serves may be another one by then */
  constructor(
    private readonly where: () => string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    void this.listen();
  }

  get names(): string[] {
    return this.events.map(({ event }) => event);
  }

  stop(): void {
    this.isStopped = true;
  }

  private async listen(): Promise<void> {
    while (!this.isOver && !this.isStopped) {
      await this.connect().catch(() => undefined);
      if (!this.isOver) await sleep(this.retry);
    }
  }

  private async connect(): Promise<void> {
    const lastId = this.events.at(-1)?.id;
    const response = await fetch(this.where(), {
      headers: { ...this.headers, ...(lastId !== undefined && { 'last-event-id': lastId }) },
    });
    if (response.status === 204) this.isOver = true;
    if (response.status !== 200) {
      await response.body?.cancel();
      return;
    }
    this.streams += 1;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) this.take(message);
    }
  }

  private take(message: string): void {
    const [, retry] = /^retry: (\d+)$/m.exec(message) ?? [];
    if (retry !== undefined) this.retry = Number(retry);
    const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(message) ?? [];
    if (id === undefined || event === undefined || data === undefined) return;
    this.events.push({ id, event, data: JSON.parse(data) });
  }
}
