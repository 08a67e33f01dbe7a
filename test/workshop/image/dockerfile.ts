/** One line of a Dockerfile, continuation lines joined: its keyword, its --flags and what follows. */
export interface Instruction {
  keyword: string;
  flags: Readonly<Record<string, string>>;
  rest: string;
}

export interface Stage {
  name: string;
  /** the name of an earlier stage, or an image of a registry */
  from: string;
  instructions: Instruction[];
}

/** @throws Error for an instruction before the first FROM. */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  for (const line of lines) {
    const instruction = parseInstruction(line);
    if (instruction.keyword === 'FROM') {
      const [from = '', , name = `stage-${stages.length}`] = instruction.rest.split(/\s+/);
      stages.push({ name, from, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`${line}: the first instruction of a Dockerfile is FROM`);
    stage.instructions.push(instruction);
  }
  return stages;
}

/** The exec form '["node", "dist/main.js"]' -> its words. @throws Error for the shell form. */
export function execForm(rest: string): string[] {
  const words: unknown = JSON.parse(rest);
  if (!Array.isArray(words))
    throw new Error(`${rest}: write it as a JSON array, so that signals reach the process`);
  return words.map(String);
}

function parseInstruction(line: string): Instruction {
  const [, keyword = '', tail = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
  const flags: Record<string, string> = {};
  const rest = tail.replace(/^(?:--[a-z-]+=\S+\s+)+/, (all) => {
    for (const [, name = '', value = ''] of all.matchAll(/--([a-z-]+)=(\S+)/g)) flags[name] = value;
    return '';
  });
  return { keyword: keyword.toUpperCase(), flags, rest: rest.trim() };
}
