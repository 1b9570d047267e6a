export { EngineError, type EngineFailure } from './engine.errors.js';
export { EngineModule, type EngineOverrides } from './engine.module.js';
export { FakeEngine } from './fake-engine.js';
export { FakeTextEngine, type FakeTextBehaviour } from './text/fake-text-engine.js';
export {
  TEXT_ENGINE,
  type Embeddings,
  type LoadedTextModel,
  type TextEngine,
  type TextEngineFacts,
  type TextEvent,
  type TextInput,
  type TextMessage,
  type TextModelSpec,
  type TextRequest,
  type TextSampling,
  type TextTool,
  type TextToolCall,
  type TokenProbability,
  type ToolFormat,
} from './text/text-engine.js';
export { ContextLengthError, TemplateError } from './text/text-engine.errors.js';
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
