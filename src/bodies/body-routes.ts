import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessCheck, type HandlerAccess } from '../auth/index.js';
import { LargeBody } from './large-body.js';

/**
 * How large the bodies of a route may be: `public` where nobody has to say who they are, `large` where images
 * come in, `small` everywhere else.
 */
export type BodyClass = 'public' | 'small' | 'large';

/** What each route may be sent. */
@Injectable()
export class BodyRoutes {
  private classes: Map<string, BodyClass> | undefined;

  constructor(
    private readonly access: AccessCheck,
    private readonly reflector: Reflector,
  ) {}

  /** @param route as it is declared, with its method: `POST /api/queue/clear` */
  classOf(route: string): BodyClass {
    this.classes ??= new Map(
      this.access
        .handlers()
        .flatMap((one) => one.routes.map((known) => [known, this.read(one)] as const)),
    );
    return this.classes.get(route) ?? 'public';
  }

  private read({ access, target }: HandlerAccess): BodyClass {
    const isLarge = this.reflector.getAllAndOverride(LargeBody, [
      target.handler,
      target.controller,
    ]);
    if (isLarge) return 'large';
    return access === 'public' ? 'public' : 'small';
  }
}
