import type { DocumentBuilder } from '@nestjs/swagger';
import { cookieNames } from '../cookie-names.js';
import type { Operation } from './operation.js';

const bearer = 'bearer';
const apiKey = 'X-API-Key';
const cookie = 'cookie';
const csrf = 'X-CSRF-Token';

/** The three kinds of credentials of which a request brings one, and what a cookie needs beside it. */
export function addSecuritySchemes(builder: DocumentBuilder): DocumentBuilder {
  return builder
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'The accessToken of POST /api/auth/login, for programs.',
      },
      bearer,
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: apiKey, description: 'Of POST /api/api-keys.' }, apiKey)
    .addCookieAuth(
      cookieNames.access,
      { type: 'apiKey', in: 'cookie', description: 'Of a login with "transport": "cookie", for browsers.' },
      cookie,
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: csrf,
        description: 'data.csrfToken of GET /api/csrf-token: each write with cookies needs it as well.',
      },
      csrf,
    );
}

/** What a caller may prove themselves by, one of them; an empty list where nobody is asked. */
export function addSecurity({ object, isPublic, isProbe, isWrite, takesKeys }: Operation): void {
  if (isPublic || isProbe) {
    object.security = [];
    return;
  }
  object.security = [
    { [bearer]: [] },
    { [cookie]: [], ...(isWrite && { [csrf]: [] }) },
    ...(takesKeys ? [{ [apiKey]: [] }] : []),
  ];
}
