import { Reflector } from '@nestjs/core';
import { AuthRequiredError, InsufficientPermissionsError } from './auth-errors.js';
import type { Permission } from './permissions.js';
import { can, type Principal } from './principal.js';

/** Declares the permission that a handler, or every handler of a controller, asks for. */
export const Needs = Reflector.createDecorator<Permission>();

/** Declares a handler, or every handler of a controller, open to everybody; a good credential still tells who. */
export const Public = Reflector.createDecorator<void, true>({ transform: () => true });

/** Who may call a handler: everybody, or whoever has a permission. */
export type Access = 'public' | Permission;

type Declared = Parameters<Reflector['get']>[1];

const reflector = new Reflector();

function declaredOn(target: Declared): Access | undefined {
  return reflector.get(Needs, target) ?? (reflector.get(Public, target) ? 'public' : undefined);
}

/** What a handler declares, else its controller; undefined where neither says anything. */
export function accessOf(handler: Declared, controller: Declared): Access | undefined {
  return declaredOn(handler) ?? declaredOn(controller);
}

/** @throws AuthRequiredError for a stranger, InsufficientPermissionsError for a caller who may not. */
export function assertAllowed(access: Access, principal: Principal | undefined): void {
  if (access === 'public') return;
  if (!principal) throw AuthRequiredError.missing();
  if (!can(principal, access)) throw new InsufficientPermissionsError(access, principal.via);
}
