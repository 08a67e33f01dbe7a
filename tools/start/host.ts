/** What scripts/run.mjs hands over once the checkout is set up. */
export interface Host {
  /** The checkout. */
  root: string;
  /** Where everything of this run is kept: data, mails, logs, secrets. Absolute. */
  folder: string;
  /** The environment with .env beneath it. */
  env: NodeJS.ProcessEnv;
  terminal: Terminal;
  /** The lock of the folder: others read in it where this run answers, or that it is ending. */
  lock: { update(about: { url?: string; stopping?: boolean }): void };
  /** Whether the npm that started this run is gone without a word. */
  orphaned(): boolean;
  /** Compile and restart on change. */
  watch: boolean;
}

export interface Terminal {
  /** Whether a person watches it. */
  readonly live: boolean;
  /** Writes whole lines as they are. */
  write(text: string): void;
  line(text?: string): void;
  step(title: string): Step;
}

/** One step of the work; what it takes longer than 2 s for is shown as progress. */
export interface Step {
  update(text: string): void;
  /** Ends the step, with a line when there is a text. */
  done(text?: string): void;
}
