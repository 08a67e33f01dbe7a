import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

async function ask(question: string): Promise<string> {
  // readline repeats what is typed: into nothing. It also switches the terminal's own echo off, hence before the question.
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true });
  process.stderr.write(question);
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** Asks for a new password twice without showing it; undefined when the two differ. Needs a terminal. */
export async function promptForPassword(): Promise<string | undefined> {
  const first = await ask('Password: ');
  const second = await ask('Again: ');
  return first === second ? first : undefined;
}
