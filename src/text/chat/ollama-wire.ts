import { TextError } from '../text.errors.js';
import type { ChatMessage, ChatPart, ChatRequest, TextModelFacts } from './chat-port.js';
import { contextTokens } from './context-tokens.js';
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
  type Wire,
} from './wire.js';

function toWire(message: ChatMessage): object {
  if (message.role === 'tool')
    return { role: 'tool', content: message.content, tool_name: message.name };
  if (message.role !== 'assistant' || !message.toolCalls?.length) {
    const { role, content } = message;
    return { role, content };
  }
  const calls = message.toolCalls.map((call) => ({
    function: { name: call.name, arguments: call.arguments },
  }));
  return { role: 'assistant', content: message.content, tool_calls: calls };
}

/** One JSON object a line, the last of which is `done`. */
class OllamaReader implements AnswerReader {
  private done = false;

  read(line: string): ChatPart[] {
    if (line === '') return [];
    const said = jsonOf(line);
    if (typeof said['error'] === 'string') throw TextError.refused(500, said['error']);
    this.done ||= said['done'] === true;
    const message = isJson(said['message']) ? said['message'] : {};
    const calls = listIn(message['tool_calls']).map(({ id, function: named }): ChatPart => {
      const { name, arguments: given } = isJson(named) ? named : {};
      return { type: 'call', call: callOf(id, name, given) };
    });
    return [
      ...piece('thinking', message['thinking']),
      ...piece('content', message['content']),
      ...calls,
    ];
  }

  end(): ChatPart[] {
    if (this.done) return [];
    throw TextError.badAnswer('broke off');
  }
}

/** Tokens that a model was made for: under a name that begins with its family. */
function contextLengthIn(facts: Json): number {
  const found = Object.entries(facts).find(([name]) => name.endsWith('.context_length'));
  return numberIn(found?.[1]);
}

/** Ollama's own API (github.com/ollama/ollama, docs/api.md), which alone knows what a model can do. */
export class OllamaWire implements Wire {
  readonly chatUrl: string;
  readonly modelsUrl: string;

  constructor(private readonly root: string) {
    this.chatUrl = `${root}/api/chat`;
    this.modelsUrl = `${root}/api/tags`;
  }

  chatBody(request: ChatRequest): object {
    const { model, messages, tools, temperature, maxTokens } = request;
    return {
      model,
      messages: messages.map(toWire),
      ...toolsOf(tools),
      stream: true,
      options: { temperature, num_predict: maxTokens, num_ctx: contextTokens(request) },
    };
  }

  reader(): AnswerReader {
    return new OllamaReader();
  }

  learn(): undefined {
    return undefined;
  }

  modelNames(answer: unknown): string[] {
    const models = isJson(answer) ? listIn(answer['models']) : [];
    return models.map(({ name, model }) => textIn(name) || textIn(model)).filter(Boolean);
  }

  describeCall(model: string): { url: string; body: object } {
    // `name` is what versions before 0.5 know.
    return { url: `${this.root}/api/show`, body: { model, name: model } };
  }

  facts(model: string, answer: unknown): TextModelFacts {
    const { details, model_info: info, capabilities } = isJson(answer) ? answer : {};
    const { family, parameter_size: size } = isJson(details) ? details : {};
    const abilities = Array.isArray(capabilities) ? capabilities.map(textIn).filter(Boolean) : [];
    return {
      model,
      capabilities: abilities.length > 0 ? abilities : ['completion'],
      contextLength: contextLengthIn(isJson(info) ? info : {}),
      family: textIn(family),
      parameterSize: textIn(size),
    };
  }
}
