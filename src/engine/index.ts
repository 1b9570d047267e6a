export { EngineError, type EngineFailure } from './engine.errors.js';
export { EngineModule, type EngineOverrides } from './engine.module.js';
export { FakeEngine } from './fake-engine.js';
export {
  IMAGE_ENGINE,
  type ConvertRequest,
  type EngineDevice,
  type EngineFacts,
  type EngineHealth,
  type EngineMemory,
  type EnginePreview,
  type EngineProgress,
  type EngineWatch,
  type ImageEngine,
  type ImageRequest,
  type LoadOptions,
  type ModelFiles,
  type ModelSpec,
  type RawImage,
  type Embedding,
  type LoraUse,
  type VideoRequest,
} from './image-engine.js';
