import { TextError } from '../text.errors.js';
import type { ChatMessage, ChatPart, ChatRequest, TextModelFacts } from './chat-port.js';
import {
  callOf,
  isJson,
  jsonOf,
  listIn,
  numberIn,
  piece,
  textIn,
  toolsOf,
  type AnswerReader,
  type Json,
  type Quirks,
  type Wire,
} from './wire.js';

/** More calls at once than a model asks for unless it runs wild. */
const CALL_LIMIT = 64;

function toWire(message: ChatMessage): object {
  if (message.role === 'tool')
    return { role: 'tool', content: message.content, tool_call_id: message.callId };
  if (message.role !== 'assistant' || !message.toolCalls?.length) {
    const { role, content } = message;
    return { role, content };
  }
  const calls = message.toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  return { role: 'assistant', content: message.content, tool_calls: calls };
}

/** Thinking has two names: `reasoning_content` of DeepSeek, vLLM and llama.cpp, `reasoning` of others. */
function said(message: Json): ChatPart[] {
  return [
    ...piece('thinking', message['reasoning_content'] ?? message['reasoning']),
    ...piece('content', message['content']),
  ];
}

function throwIfError({ error }: Json): void {
  if (error === undefined || error === null) return;
  const message = isJson(error) ? textIn(error['message']) : textIn(error);
  throw TextError.refused(500, message.slice(0, 300));
}

interface CallInTheMaking {
  id: string;
  name: string;
  given: string | Json;
}

/** Events of which each has one line of JSON, until `[DONE]`; calls come in pieces. */
class EventReader implements AnswerReader {
  private readonly calls = new Map<number, CallInTheMaking>();
  private done = false;

  read(line: string): ChatPart[] {
    if (!line.startsWith('data:')) return [];
    const data = line.slice('data:'.length).trim();
    if (data === '') return [];
    if (data === '[DONE]') {
      this.done = true;
      return [];
    }
    const event = jsonOf(data);
    throwIfError(event);
    const [choice] = listIn(event['choices']);
    if (!choice) return [];
    this.done ||= textIn(choice['finish_reason']) !== '';
    const delta = isJson(choice['delta']) ? choice['delta'] : {};
    for (const part of listIn(delta['tool_calls'])) this.collect(part);
    return said(delta);
  }

  end(): ChatPart[] {
    if (!this.done) throw TextError.badAnswer('broke off');
    return Array.from(this.calls.values(), ({ id, name, given }) => ({
      type: 'call',
      call: callOf(id, name, given),
    }));
  }

  private collect(part: Json): void {
    const index = typeof part['index'] === 'number' ? part['index'] : this.calls.size;
    const call = this.calls.get(index) ?? { id: '', name: '', given: '' };
    const named = isJson(part['function']) ? part['function'] : {};
    call.id ||= textIn(part['id']);
    call.name ||= textIn(named['name']);
    const { arguments: given } = named;
    if (isJson(given)) call.given = given;
    else if (typeof call.given === 'string') call.given += textIn(given);
    if (this.calls.size < CALL_LIMIT || this.calls.has(index)) this.calls.set(index, call);
  }
}

/** The whole answer as one JSON object, of endpoints that do not stream. */
class WholeReader implements AnswerReader {
  private text = '';

  read(line: string): ChatPart[] {
    this.text += `${line}\n`;
    return [];
  }

  end(): ChatPart[] {
    const answer = jsonOf(this.text);
    throwIfError(answer);
    const [choice] = listIn(answer['choices']);
    if (!choice || !isJson(choice['message'])) throw TextError.badAnswer('says nothing');
    const { message } = choice;
    const calls = listIn(message['tool_calls']).map(({ id, function: named }): ChatPart => {
      const { name, arguments: given } = isJson(named) ? named : {};
      return { type: 'call', call: callOf(id, name, given) };
    });
    return [...said(message), ...calls];
  }
}

/** OpenAI's chat completions, which most servers of language models speak. */
export class OpenAiWire implements Wire {
  readonly chatUrl: string;
  readonly modelsUrl: string;

  constructor(root: string) {
    this.chatUrl = `${root}/chat/completions`;
    this.modelsUrl = `${root}/models`;
  }

  chatBody(request: ChatRequest, quirks: Quirks): object {
    const { model, messages, tools, temperature, maxTokens } = request;
    return {
      model,
      messages: messages.map(toWire),
      ...toolsOf(tools),
      stream: true,
      ...(!quirks.noTemperature && { temperature }),
      ...(quirks.completionTokens
        ? { max_completion_tokens: maxTokens }
        : { max_tokens: maxTokens }),
    };
  }

  reader(contentType: string): AnswerReader {
    return contentType.startsWith('application/json') ? new WholeReader() : new EventReader();
  }

  learn(reason: string, quirks: Quirks): Quirks | undefined {
    if (!quirks.completionTokens && /max_completion_tokens/.test(reason))
      return { ...quirks, completionTokens: true };
    if (!quirks.noTemperature && /temperature/i.test(reason))
      return { ...quirks, noTemperature: true };
    return undefined;
  }

  modelNames(answer: unknown): string[] {
    return entriesIn(answer)
      .map(({ id }) => textIn(id))
      .filter(Boolean);
  }

  describeCall(): { url: string } {
    return { url: this.modelsUrl };
  }

  /** The list says little, and that under other names everywhere: vLLM, OpenRouter, LM Studio, llama.cpp. */
  facts(model: string, answer: unknown): TextModelFacts {
    const entry = entriesIn(answer).find(({ id }) => id === model) ?? {};
    const meta = isJson(entry['meta']) ? entry['meta'] : {};
    const lengths = [
      entry['context_length'],
      entry['max_model_len'],
      entry['max_context_length'],
      meta['n_ctx_train'],
    ];
    const parameters = numberIn(meta['n_params']);
    return {
      model,
      capabilities: ['completion'],
      contextLength: lengths.map(numberIn).find((length) => length > 0) ?? 0,
      family: textIn(entry['owned_by']),
      parameterSize: parameters > 0 ? `${(parameters / 1e9).toFixed(1)}B` : '',
    };
  }
}

function entriesIn(answer: unknown): Json[] {
  return isJson(answer) ? listIn(answer['data']) : [];
}
