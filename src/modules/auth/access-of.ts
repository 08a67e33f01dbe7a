import { Reflector } from '@nestjs/core';
import type { Type } from '@nestjs/common';
import { accessMetadata, type Access } from '../../http/access.decorators.js';

const reflector = new Reflector();
// Metadata never changes, and reading it takes longer than all else that a guard does on a known token.
const known = new WeakMap<Type, Map<Function, Access | undefined>>();

/** Who may call the handler: its own declaration, else its controller's; undefined when nobody declared anything. */
export function accessOf(controller: Type, handler: Function): Access | undefined {
  let declarations = known.get(controller);
  if (declarations === undefined) known.set(controller, (declarations = new Map()));
  if (!declarations.has(handler)) {
    declarations.set(
      handler,
      reflector.getAllAndOverride<Access | undefined>(accessMetadata, [handler, controller]),
    );
  }
  return declarations.get(handler);
}
