/** The program of the text engine's own process. Its one argument has the engine's options as JSON. */
import { sendLog, serveCalls, type CallContext } from '../process/serve-calls.js';
import { LlamaEngine, type LlamaEngineOptions } from './llama-engine.js';
import { toTextErrorData, type TextCall, type TextCallEvent } from './text-calls.js';

const options = JSON.parse(process.argv[2] ?? '{}') as LlamaEngineOptions;
const opening = LlamaEngine.open({ ...options, onLog: sendLog });
// Whoever calls is told; until then it is nobody's fault.
opening.catch(() => undefined);

async function perform(call: TextCall, { signal, emit }: CallContext): Promise<unknown> {
  const engine = await opening;
  const tell = (event: TextCallEvent): void => emit(event);
  switch (call.name) {
    case 'facts':
      return engine.facts();
    case 'load':
      return engine.load(call.args[0], {
        signal,
        onProgress: (share) => tell({ type: 'loading', share }),
      });
    case 'unload':
      return engine.unload(call.args[0]);
    case 'loaded':
      return engine.loaded();
    case 'generate':
      for await (const event of engine.generate(call.args[0], call.args[1], signal))
        tell({ type: 'text-event', event });
      return undefined;
    case 'count':
      return engine.count(call.args[0], call.args[1]);
    case 'embed':
      return engine.embed(call.args[0], call.args[1], signal);
  }
}

serveCalls({
  errorData: toTextErrorData,
  perform: (name, args, context) => perform({ name, args } as TextCall, context),
});
