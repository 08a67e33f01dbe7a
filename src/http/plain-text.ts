import sanitizeHtml from 'sanitize-html';

const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** How many levels of references or tags are undone: nobody nests more of them by accident, and each costs a parse. */
const rounds = 5;

/**
 * The text that a browser would show of it: without tags, and without what scripts and styles hold. It stays plain
 * text ('AT&T', 'a < b'), so that whoever shows it in HTML escapes it once, like any text. What is spelled by
 * character references is stripped as well: undoing them never makes a tag. What is nested deeper than that is not
 * read to its end: it loses the characters that HTML is made of.
 */
export function plainTextOf(html: string): string {
  let text = html;
  for (let round = 0; round < rounds; round++) {
    // Without either there is no tag and no reference.
    if (!/[<&]/.test(text)) return text;
    const stripped = sanitizeHtml(text, { allowedTags: [], allowedAttributes: {} }).replaceAll(
      // The library answers HTML, in which it escapes these three.
      /&(?:amp|lt|gt);/g,
      (reference) => characters[reference] ?? reference,
    );
    // Each round takes away one level of references or tags; the text only gets shorter.
    if (stripped.length >= text.length) return stripped;
    text = stripped;
  }
  return text.replaceAll(/[<>&]/g, '');
}
