import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessOf, type Access } from './access.js';

/** A handler of HTTP requests and what it declares. */
export interface HandlerAccess {
  /** `Controller.method`. */
  handler: string;
  access: Access | undefined;
}

/** Key under which Nest's route decorators keep the method of a handler. */
const METHOD_METADATA = 'method';

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
        return [{ handler: `${metatype.name}.${name}`, access: accessOf(handler, metatype) }];
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

function isRoute(handler: object): boolean {
  return (
    RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod] !== undefined
  );
}
