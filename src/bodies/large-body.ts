import { Reflector } from '@nestjs/core';

/**
 * Declares that images come in with the bodies of a handler, or of every handler of a controller: they may be
 * as large as the server takes at all. All other bodies are small.
 */
export const LargeBody = Reflector.createDecorator<void, true>({ transform: () => true });
