import { escapeHtml } from '../../notifications/worker/html.js';

/** What a report says, apart from whom it goes to. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type Cell = string | number;

export function heading(text: string): string {
  return `<h2>${escapeHtml(text)}</h2>`;
}

/** 'None.' where a table would have no row. */
export function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '<p>None.</p>';
  const row = (tag: 'th' | 'td', cells: readonly Cell[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  return ['<table>', row('th', columns), ...rows.map((cells) => row('td', cells)), '</table>'].join('\n');
}

export function htmlPage(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<body>',
    `<h1>${escapeHtml(title)}</h1>`,
    ...parts,
    '</body>',
    '</html>',
  ].join('\n');
}
