import type { EngineErrorData } from './engine.errors.js';
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

/** What the engine's process can be asked; name -> arguments and answer. */
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

/** From the server to the engine's process. */
export type ToEngine =
  | {
      [Name in EngineCallName]: {
        type: 'call';
        id: number;
        name: Name;
        args: EngineCalls[Name]['args'];
      };
    }[EngineCallName]
  | { type: 'cancel'; id: number }
  | { type: 'close' };

/** From the engine's process to the server. */
export type FromEngine =
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'error'; id: number; error: EngineErrorData }
  | { type: 'progress'; id: number; progress: EngineProgress }
  | { type: 'preview'; id: number; preview: EnginePreview }
  | { type: 'memory'; id: number; memory: EngineMemory }
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; text: string };
