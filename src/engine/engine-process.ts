/**
 * The program of the engine's own process: serves the calls of its parent over IPC, one engine call at
 * a time. It ends at once when its parent is gone, whatever it is doing.
 */
import { toErrorData } from './engine.errors.js';
import type { FromEngine, ToEngine } from './engine-messages.js';
import type { EngineWatch } from './image-engine.js';
import { NativeEngine } from './native-engine.js';

const running = new Map<number, AbortController>();
const engine = await NativeEngine.open((level, text) => send({ type: 'log', level, text }));

function send(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}

function perform(call: Extract<ToEngine, { type: 'call' }>, watch: EngineWatch): Promise<unknown> {
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

async function serve(call: Extract<ToEngine, { type: 'call' }>): Promise<void> {
  const { id } = call;
  const abort = new AbortController();
  running.set(id, abort);
  try {
    const value = await perform(call, {
      signal: abort.signal,
      onProgress: (progress) => send({ type: 'progress', id, progress }),
      onPreview: (preview) => send({ type: 'preview', id, preview }),
      onMemory: (memory) => send({ type: 'memory', id, memory }),
    });
    send({ type: 'answer', id, value });
  } catch (error) {
    send({ type: 'error', id, error: toErrorData(error) });
  } finally {
    running.delete(id);
  }
}

process.on('message', (message: ToEngine) => {
  if (message.type === 'call') void serve(message);
  else if (message.type === 'cancel') running.get(message.id)?.abort();
  else process.kill(process.pid, 'SIGKILL');
});

// SIGKILL and not exit(): the engine's thread may be in the middle of a step, and global destructors under it crash.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The terminal's Ctrl-C reaches the whole process group; only the parent decides when the engine ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
