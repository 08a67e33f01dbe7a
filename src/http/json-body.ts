import { HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../common/domain-error.js';
import { honourBodyLimits } from './body-limits.js';
import { unkeepableOf } from './json-values.js';

export const maximumDepth = 32;
/** What transforms and checks a body takes time for each value in it, and for some rules for each pair of them. */
export const maximumValues = 10_000;

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c,
];

/** What JSON text has too much of. Scanned before parsing: what transforms the body later recurses. */
export function excessOf(json: string, mostValues = maximumValues): 'depth' | 'values' | undefined {
  let depth = 0;
  // Each value but the first of an object or array follows a comma; the first one follows its bracket.
  let values = 1;
  let insideString = false;
  for (let index = 0; index < json.length; index++) {
    const character = json.charCodeAt(index);
    if (insideString) {
      if (character === backslash) index++;
      else if (character === quote) insideString = false;
    } else if (character === quote) insideString = true;
    else if (character === openBrace || character === openBracket) {
      if (++depth > maximumDepth) return 'depth';
      values++;
    } else if (character === comma) values++;
    else if (character === closeBrace || character === closeBracket) depth--;
  }
  return values > mostValues ? 'values' : undefined;
}

/** Replaces every body parser by one for JSON: strict UTF-8, at most 32 levels, no `__proto__` and `constructor`. */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  honourBodyLimits(fastify);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Nothing here decompresses; taking the bytes for the text itself would be a guess.
    if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
      return done(new HttpException('Content-Encoding is not supported', HttpStatus.UNSUPPORTED_MEDIA_TYPE));
    }
    let text: string;
    try {
      text = utf8.decode(typeof body === 'string' ? Buffer.from(body) : body);
    } catch {
      return done(new DomainError('invalid', 'INVALID_BODY', 'The body is not valid UTF-8'));
    }
    const mostValues = request.routeOptions.config.bodyLimits?.values ?? maximumValues;
    const excess = excessOf(text, mostValues);
    if (excess !== undefined) return done(tooMuch(excess, mostValues));
    // The parser's own words name the position and echo the text; clients get ours.
    void parse(request, text, (error, value) => {
      if (error) return done(new DomainError('invalid', 'INVALID_JSON', 'The body is not valid JSON'));
      if (typeof value !== 'object' || value === null) {
        return done(new DomainError('invalid', 'INVALID_BODY', 'The body must be a JSON object'));
      }
      const errors = unkeepableOf(value);
      if (errors.length === 0) return done(null, value);
      done(new DomainError('invalid', 'VALIDATION_FAILED', 'Validation failed', { errors }));
    });
  });
}

function tooMuch(excess: 'depth' | 'values', mostValues: number): DomainError {
  return excess === 'depth'
    ? new DomainError('invalid', 'BODY_TOO_DEEP', `The body is nested deeper than ${maximumDepth} levels`)
    : new DomainError('invalid', 'TOO_MANY_VALUES', `The body holds more than ${mostValues} values`);
}
