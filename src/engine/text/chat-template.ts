import type { Jinja } from './load-llama.js';
import type { TextInput, TextMessage, TextTool, ToolFormat } from './text-engine.js';
import { TemplateError } from './text-engine.errors.js';

type Messages = Extract<TextInput, { kind: 'messages' }>;

/** A piece of a rendered conversation: the template's own text, or something that somebody wrote. */
export interface RenderedPart {
  text: string;
  /** Whether control tokens in it count: only in what the template itself wrote. */
  control: boolean;
}

/** Stand for contents while the template is rendered; private-use signs, which no template looks for. */
const OPEN = '\u{F8F0}';
const CLOSE = '\u{F8F1}';
// pattern-check: of two single signs and up to six digits between them.
const PLACEHOLDER = new RegExp(`${OPEN}(\\d{1,6})${CLOSE}`, 'gu');

/** Contents of a conversation, each behind a placeholder. */
class Contents {
  private readonly texts: string[] = [];

  hide(text: string): string {
    if (text === '') return '';
    this.texts.push(text);
    return `${OPEN}${this.texts.length - 1}${CLOSE}`;
  }

  /** The rendered text with its contents in their places. */
  parts(rendered: string): RenderedPart[] {
    const parts: RenderedPart[] = [];
    let from = 0;
    for (const match of rendered.matchAll(PLACEHOLDER)) {
      parts.push({ text: rendered.slice(from, match.index), control: true });
      parts.push({ text: this.texts[Number(match[1])] ?? '', control: false });
      from = match.index + match[0].length;
    }
    parts.push({ text: rendered.slice(from), control: true });
    return parts.filter(({ text }) => text !== '');
  }
}

/** What a model without tools in its template is told about them, in the form that most models were trained on. */
function explainTools(tools: readonly TextTool[]): string {
  const list = tools.map((tool) => JSON.stringify({ type: 'function', function: tool })).join('\n');
  return `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
${list}
</tools>

For each function call, return a JSON object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;
}

function withExplainedTools(
  messages: readonly TextMessage[],
  tools: readonly TextTool[],
): TextMessage[] {
  const [first, ...rest] = messages;
  const explained = explainTools(tools);
  if (first?.role === 'system')
    return [{ role: 'system', content: `${first.content}\n\n${explained}` }, ...rest];
  return [{ role: 'system', content: explained }, ...messages];
}

/** Calls and results as plain text, for a template that knows neither. */
function spelledOut(message: TextMessage): TextMessage {
  if (message.role === 'tool')
    return { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` };
  if (message.role !== 'assistant' || !message.toolCalls?.length) return message;
  const calls = message.toolCalls.map(
    ({ name, arguments: given }) =>
      `<tool_call>\n${JSON.stringify({ name, arguments: given })}\n</tool_call>`,
  );
  return { role: 'assistant', content: [message.content, ...calls].filter(Boolean).join('\n') };
}

function forTemplate(message: TextMessage, contents: Contents): Record<string, unknown> {
  const content = contents.hide(message.content);
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content };
    case 'tool':
      return { role: 'tool', content, tool_call_id: message.toolCallId, name: message.name };
    case 'assistant': {
      const { toolCalls = [], thinking } = message;
      const calls = toolCalls.map(({ id, name, arguments: given }) => ({
        id,
        type: 'function',
        function: { name, arguments: given },
      }));
      return {
        role: 'assistant',
        content,
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
        ...(thinking ? { reasoning_content: contents.hide(thinking) } : {}),
      };
    }
  }
}

/** The chat template of a model file (Jinja), and what can be told from it. */
export class ChatTemplate {
  readonly knowsTools: boolean;
  readonly toolFormat: ToolFormat;
  readonly thinking: { open: string; close: string } | null;

  constructor(
    source: string,
    private readonly template: Jinja.Template,
    private readonly tokens: { bos_token: string; eos_token: string },
  ) {
    this.knowsTools = /\btools\b/.test(source);
    if (source.includes('[TOOL_CALLS]')) this.toolFormat = 'mistral';
    else if (source.includes('<|python_tag|>')) this.toolFormat = 'llama3';
    else this.toolFormat = 'hermes';
    this.thinking = source.includes('</think>') ? { open: '<think>', close: '</think>' } : null;
  }

  /**
   * The conversation as the model reads it, up to where its answer begins.
   * @throws TemplateError
   */
  render({ messages, tools, thinking }: Messages): RenderedPart[] {
    const explained =
      !this.knowsTools && tools.length > 0 ? withExplainedTools(messages, tools) : messages;
    const told = this.knowsTools ? explained : explained.map(spelledOut);
    const contents = new Contents();
    const offered = tools.map((tool) => ({ type: 'function', function: tool }));
    try {
      const rendered = this.template.render({
        ...this.tokens,
        messages: told.map((message) => forTemplate(message, contents)),
        tools: this.knowsTools && tools.length > 0 ? offered : undefined,
        add_generation_prompt: true,
        ...(thinking === undefined ? {} : { enable_thinking: thinking }),
      });
      return contents.parts(rendered);
    } catch (error) {
      throw new TemplateError(error instanceof Error ? error.message : String(error));
    }
  }
}
