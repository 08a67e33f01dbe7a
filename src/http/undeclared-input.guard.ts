import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DomainError } from '../common/domain-error.js';
import { accessMetadata, type Access } from './access.decorators.js';
import { requestOf } from './of-context.js';

interface DeclaredInput {
  readonly query: boolean;
  readonly body: boolean;
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') return true;
  // The names alone would do, but on every request a list of them costs more than a look.
  for (const name in value) if (Object.hasOwn(value, name)) return true;
  return false;
}

function refuse(values: unknown, what: 'query' | 'body'): DomainError {
  const paths = typeof values === 'object' && values !== null ? Object.keys(values) : [what];
  const errors = paths.map((path) => ({ path, message: `property ${path} should not exist` }));
  return new DomainError('invalid', 'VALIDATION_FAILED', `This route takes no ${what}`, { errors });
}

/** Validation only sees what a handler declares: a query or body that nobody asked for would be ignored in silence. */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  private readonly declared = new Map<unknown, DeclaredInput>();

  canActivate(context: ExecutionContext): boolean {
    const request = requestOf(context);
    const input = this.inputOf(context.getClass(), context.getHandler());
    if (!input.query && isFilled(request.query)) throw refuse(request.query, 'query');
    if (!input.body && isFilled(request.body)) throw refuse(request.body, 'body');
    return true;
  }

  private inputOf(controller: Type, handler: Function): DeclaredInput {
    const known = this.declared.get(handler);
    if (known !== undefined) return known;
    const access: Access | undefined = Reflect.getMetadata(accessMetadata, handler);
    const metadata: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {};
    // The keys of the metadata are '<kind>:<index>'.
    const kinds = new Set(Object.keys(metadata).map((key) => Number(key.split(':')[0])));
    // A monitor may add what it likes to a probe.
    const isProbe = access?.kind === 'probe';
    const input = {
      query: isProbe || kinds.has(RouteParamtypes.QUERY),
      body: isProbe || kinds.has(RouteParamtypes.BODY),
    };
    this.declared.set(handler, input);
    return input;
  }
}
