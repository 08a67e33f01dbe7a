import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AllowedMethods } from './allowed-methods.js';
import { CursorCodec } from './cursor-codec.js';
import { ErrorFilter } from './error.filter.js';
import { ListRequests } from './list-requests.js';
import { createValidationPipe } from './validation.js';

@Module({
  providers: [
    AllowedMethods,
    CursorCodec,
    ListRequests,
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useFactory: createValidationPipe },
  ],
  exports: [AllowedMethods, ListRequests],
})
export class HttpModule {}
