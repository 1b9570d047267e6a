export { DRAWABLE_TYPES, MODEL_TYPES, type ModelType } from './model-type.js';
export type { Model, RecommendedSettings } from './model.js';
export { ModelNotFoundError } from './models.errors.js';
export { ModelRegistry, type Refreshed } from './model-registry.js';
export { ModelsModule } from './models.module.js';
export { ModelsService } from './models.service.js';
export type { WantedModel, WayToLoad } from './load-spec.js';
export type { ReadyModel } from './residency.js';
