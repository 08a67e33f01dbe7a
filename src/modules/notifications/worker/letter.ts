import { escapeHtml } from './html.js';

/** A paragraph; a link, which the HTML hides behind its label; or something to read and type. */
export type Block = string | { readonly label: string; readonly link: string } | { readonly code: string };

export interface Letter {
  readonly subject: string;
  readonly blocks: readonly Block[];
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The same letter in both forms in which it is sent. */
export function mailText({ subject, blocks }: Letter): MailText {
  return {
    subject,
    text: blocks.map(plainBlock).join('\n\n'),
    html: [
      '<!doctype html>',
      '<html lang="en">',
      '<body>',
      ...blocks.map(htmlBlock),
      '</body>',
      '</html>',
    ].join('\n'),
  };
}

/** '2026-12-01 10:30 UTC' */
export function minuteOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** '' for an address that nobody has confirmed: a stranger chose the name. */
export function greeting(name: string): string {
  return name === '' ? 'Hello,' : `Hello ${name},`;
}

function plainBlock(block: Block): string {
  if (typeof block === 'string') return block;
  return 'code' in block ? block.code : `${block.label}:\n${block.link}`;
}

function htmlBlock(block: Block): string {
  if (typeof block === 'string') return `<p>${escapeHtml(block)}</p>`;
  if ('code' in block) return `<p><strong>${escapeHtml(block.code)}</strong></p>`;
  return `<p><a href="${escapeHtml(block.link)}">${escapeHtml(block.label)}</a></p>`;
}
