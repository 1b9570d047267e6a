import { Injectable, RequestMethod, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessOf, type Access } from './access.js';

/** A handler of HTTP requests and what it declares. */
export interface HandlerAccess {
  /** `Controller.method`. */
  handler: string;
  /** Where it answers, as `GET /api/auth/me`; several where it was given several paths. */
  routes: string[];
  access: Access | undefined;
  /** What a guard is asked about. */
  target: { handler: (...args: unknown[]) => unknown; controller: Type<unknown> };
}

/** The keys under which Nest's route decorators keep method and path. */
const METHOD_METADATA = 'method';
const PATH_METADATA = 'path';

/** Stops the boot when a handler declares neither `@Needs` nor `@Public`: before anything is served or started. */
@Injectable()
export class AccessCheck implements OnModuleInit {
  private readonly scanner = new MetadataScanner();

  constructor(private readonly discovery: DiscoveryService) {}

  /** Every handler of every controller. */
  handlers(): HandlerAccess[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, unknown>;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        if (typeof handler !== 'function' || !isRoute(handler)) return [];
        return [
          {
            handler: `${metatype.name}.${name}`,
            routes: routesOf(handler, metatype),
            access: accessOf(handler, metatype),
            target: {
              handler: handler as HandlerAccess['target']['handler'],
              controller: metatype as Type<unknown>,
            },
          },
        ];
      });
    });
  }

  onModuleInit(): void {
    const undeclared = this.handlers().filter(({ access }) => access === undefined);
    if (undeclared.length === 0) return;
    const names = undeclared.map(({ handler }) => handler).join(', ');
    throw new Error(`These handlers declare neither @Needs nor @Public: ${names}`);
  }
}

function methodOf(handler: object): string | undefined {
  return RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
}

function isRoute(handler: object): boolean {
  return methodOf(handler) !== undefined;
}

function pathsOf(target: object): string[] {
  return [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();
}

function routesOf(handler: object, controller: object): string[] {
  return pathsOf(controller).flatMap((prefix) =>
    pathsOf(handler).map((path) => {
      const parts = [...prefix.split('/'), ...path.split('/')].filter((part) => part !== '');
      return `${methodOf(handler)} /${parts.join('/')}`;
    }),
  );
}
