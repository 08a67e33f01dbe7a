import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { CountFailuresInterceptor } from './count-failures.interceptor.js';

const failuresMetadata = 'nexus:counts-failures-only';

/**
 * For a public route that takes its proof in its body or in a cookie of its own (a refresh token): like any other
 * request with credentials it counts for the address only when the proof turns out to be invalid.
 */
export const CountFailuresOnly = () =>
  applyDecorators(SetMetadata(failuresMetadata, true), UseInterceptors(CountFailuresInterceptor));

export function countsFailuresOnly(handler: Function): boolean {
  return Reflect.getMetadata(failuresMetadata, handler) === true;
}
