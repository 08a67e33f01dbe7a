const QUIET_MS = 2000;
const PLAIN_EVERY_MS = 5000;

/**
 * Lines and the progress of steps on one output: a rewriting line in a terminal, a plain line every five seconds elsewhere.
 * A step that is over within two seconds shows its result only.
 * @param {import('node:tty').WriteStream} out
 */
export function createTerminal(out) {
  const live = Boolean(out.isTTY);
  const steps = new Set();
  let drawn = false;
  let timer;

  // A reader that went away (`| head`, a closed terminal) must not end the services behind us.
  out.on('error', () => {});

  const erase = () => {
    if (drawn) out.write('\r\u001b[2K');
    drawn = false;
  };
  const write = (text) => {
    erase();
    out.write(text);
  };
  const tick = () => {
    const now = Date.now();
    const shown = [...steps].filter((step) => now - step.began >= QUIET_MS);
    if (live) {
      const text = shown.map((step) => step.text(now)).join('  |  ');
      if (!text) return;
      erase();
      out.write(text.slice(0, (out.columns || 80) - 1));
      drawn = true;
      return;
    }
    for (const step of shown) {
      if (now - step.lastShown < PLAIN_EVERY_MS) continue;
      step.lastShown = now;
      out.write(`${step.text(now)}\n`);
    }
  };

  return {
    /** Whether a person watches: colours and rewriting lines make sense. */
    live,
    /** Writes text as it is (whole lines), around the progress line. */
    write,
    line: (text = '') => write(`${text}\n`),
    /**
     * Begins a step. update(text) tells how far it is, done(text) ends it with a line that has the time it took;
     * done() without a text ends it silently.
     */
    step(title) {
      const step = {
        began: Date.now(),
        lastShown: 0,
        progress: '',
        text: (now) => `${title}: ${step.progress ? `${step.progress}, ` : ''}${seconds(now - step.began)}`,
      };
      steps.add(step);
      timer ??= setInterval(tick, live ? 250 : 500);
      return {
        update: (text) => void (step.progress = text),
        done(text) {
          if (!steps.delete(step)) return;
          if (steps.size === 0) {
            clearInterval(timer);
            timer = undefined;
          }
          erase();
          if (text) write(`${title}: ${text} (${seconds(Date.now() - step.began)})\n`);
        },
      };
    },
  };
}

function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
