import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** One thing that a reader does, and what they are told to expect. */
export interface Step {
  /** The heading above it, and its place on the page. */
  readonly title: string;
  readonly commands: string;
  readonly shown: { readonly kind: 'json' | 'text'; readonly content: string } | undefined;
  /** How long a reader waits before it. */
  readonly minutesLater: number;
}

const fence = /^```(\w+)\n([^]*?)^```$|^## (.+)$|^<!-- (\d+) minutes later -->$/gm;

/** What a test stands in for: it starts the service itself, and says where it is and who administers it. */
const setUp = /^(?:API|ADMIN_EMAIL|ADMIN_PASSWORD)=.*$/gm;
const isStart = (commands: string): boolean => /^(?:\w+=\S+ )*npm start$/m.test(commands);

/** The shell blocks of a guide in their order, each with the block of what it answers, if one follows. */
export function stepsOf(page: string): Step[] {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/guide', page), 'utf8');
  const steps: Step[] = [];
  let heading = page;
  let minutesLater = 0;
  for (const [, language, content = '', title, minutes] of text.matchAll(fence)) {
    if (title !== undefined) heading = title;
    else if (minutes !== undefined) minutesLater = Number(minutes);
    else if (language === 'sh' && !isStart(content)) {
      const commands = content.replaceAll(setUp, '');
      steps.push({ title: `${heading} (${steps.length + 1})`, commands, shown: undefined, minutesLater });
      minutesLater = 0;
    } else if (language === 'json' || language === 'text') {
      const last = steps.pop();
      if (last === undefined || last.shown !== undefined)
        throw new Error(`${page}: an answer to nothing: ${content}`);
      steps.push({ ...last, shown: { kind: language, content } });
    }
  }
  return steps;
}
