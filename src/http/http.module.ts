import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AllowedMethods } from './allowed-methods.js';
import { CsrfTokens } from './csrf-tokens.js';
import { CursorCodec } from './cursor-codec.js';
import { EventStreams } from './event-streams.js';
import { ErrorFilter } from './error.filter.js';
import { HttpCaches } from './http-cache/http-caches.js';
import { ListRequests } from './list-requests.js';
import { Refusals } from './refusals.js';
import { SessionCookies } from './session-cookies.js';
import { createValidationPipe } from './validation.js';

@Module({
  imports: [DiscoveryModule],
  providers: [
    AllowedMethods,
    CsrfTokens,
    CursorCodec,
    EventStreams,
    HttpCaches,
    ListRequests,
    Refusals,
    SessionCookies,
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useFactory: createValidationPipe },
  ],
  exports: [AllowedMethods, CsrfTokens, EventStreams, HttpCaches, ListRequests, Refusals, SessionCookies],
})
export class HttpModule {}
