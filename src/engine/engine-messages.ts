import type {
  ConvertRequest,
  EngineFacts,
  EngineMemory,
  EnginePreview,
  EngineProgress,
  ImageRequest,
  ModelSpec,
  RawImage,
  VideoRequest,
} from './image-engine.js';

/** What the image engine's process can be asked; name -> arguments and answer. */
export interface EngineCalls {
  facts: { args: []; answer: EngineFacts };
  load: { args: [ModelSpec]; answer: undefined };
  unload: { args: [string]; answer: undefined };
  loaded: { args: []; answer: string[] };
  generate: { args: [string, ImageRequest]; answer: RawImage[] };
  generateVideo: { args: [string, VideoRequest]; answer: RawImage[] };
  upscale: { args: [string, RawImage]; answer: RawImage };
  canny: { args: [RawImage]; answer: RawImage };
  convert: { args: [ConvertRequest]; answer: undefined };
}

export type EngineCallName = keyof EngineCalls;

/** One call with its arguments. */
export type EngineCall = {
  [Name in EngineCallName]: { name: Name; args: EngineCalls[Name]['args'] };
}[EngineCallName];

/** What a call tells before it ends. */
export type EngineEvent =
  | { type: 'progress'; progress: EngineProgress }
  | { type: 'preview'; preview: EnginePreview }
  | { type: 'memory'; memory: EngineMemory };
