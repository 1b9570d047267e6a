export { BodiesModule } from './bodies.module.js';
export { BodyReader, hasBody, PUBLIC_BYTES, SMALL_BYTES } from './body-reader.js';
export { BodyRoutes, type BodyClass } from './body-routes.js';
export { LargeBody } from './large-body.js';
