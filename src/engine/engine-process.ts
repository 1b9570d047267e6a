/** The program of the image engine's own process: one engine call at a time. */
import { toErrorData } from './engine.errors.js';
import type { EngineCall, EngineEvent } from './engine-messages.js';
import type { EngineWatch } from './image-engine.js';
import { NativeEngine } from './native-engine.js';
import { sendLog, serveCalls } from './process/serve-calls.js';

const engine = await NativeEngine.open(sendLog);

function perform(call: EngineCall, watch: EngineWatch): Promise<unknown> {
  switch (call.name) {
    case 'facts':
      return engine.facts();
    case 'load':
      return engine.load(call.args[0], watch);
    case 'unload':
      return engine.unload(call.args[0]);
    case 'loaded':
      return engine.loaded();
    case 'generate':
      return engine.generate(call.args[0], call.args[1], watch);
    case 'generateVideo':
      return engine.generateVideo(call.args[0], call.args[1], watch);
    case 'upscale':
      return engine.upscale(call.args[0], call.args[1], watch);
    case 'canny':
      return engine.canny(call.args[0]);
    case 'convert':
      return engine.convert(call.args[0], watch);
  }
}

serveCalls({
  errorData: toErrorData,
  perform: (name, args, { signal, emit }) => {
    const tell = (event: EngineEvent): void => emit(event);
    return perform({ name, args } as EngineCall, {
      signal,
      onProgress: (progress) => tell({ type: 'progress', progress }),
      onPreview: (preview) => tell({ type: 'preview', preview }),
      onMemory: (memory) => tell({ type: 'memory', memory }),
    });
  },
});
