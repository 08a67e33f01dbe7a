import { list, type Variable } from './variable.js';

/** Browser origins as browsers write them (RFC 6454, section 6.2): they are compared letter by letter. */
export function origins(
  name: string,
  about: { description: string; default: string },
): Variable<readonly string[]> {
  const all = list(name, { ...about, unit: 'comma-separated origins, each scheme://host[:port]' });
  return {
    ...all,
    parse: (text) => {
      const values = all.parse(text);
      if (!values.every(isOrigin)) {
        throw new Error('must be origins such as https://app.example.com, without a path or a wildcard');
      }
      return values;
    },
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && !text.includes('*') && new URL(text).origin === text;
}
