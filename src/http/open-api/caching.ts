import type { Operation } from './operation.js';

const headers = {
  ETag: 'Of this content: send it as If-None-Match. A weak tag, which If-Match does not take.',
  'Cache-Control': 'private, max-age=0, must-revalidate: keep it, and ask each time whether it still holds.',
  Vary: 'What it depends on beside the URL.',
};

/** The headers of an answer that may be asked for by its tag, and those of the 304. */
export function addCaching({ object }: Operation): void {
  const { responses } = object;
  if (responses['304'] === undefined) return;
  for (const status of ['200', '304']) {
    const response = responses[status];
    if (response === undefined || '$ref' in response) continue;
    for (const [name, description] of Object.entries(headers)) {
      response.headers = { ...response.headers, [name]: { description, schema: { type: 'string' } } };
    }
  }
}
