import { describe, expect, it } from 'vitest';
import type { ChatPart, ChatRequest } from './chat-port.js';
import { contextTokens } from './context-tokens.js';
import { endpointRoots } from './endpoint-address.js';
import { linesOf } from './lines.js';
import { OllamaWire } from './ollama-wire.js';
import { OpenAiWire } from './openai-wire.js';
import { ThoughtFilter } from './thought-filter.js';

const CALL = { id: 'c1', name: 'get_models', arguments: { search: 'sdxl' } };

const REQUEST: ChatRequest = {
  model: 'm',
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: '', toolCalls: [CALL] },
    { role: 'tool', content: '{}', callId: 'c1', name: 'get_models' },
  ],
  tools: [{ name: 'get_models', description: 'd', parameters: { type: 'object' } }],
  temperature: 0.5,
  maxTokens: 100,
};

describe('endpointRoots', () => {
  it.each([
    ['http://h:11434', 'http://h:11434', 'http://h:11434/v1', false],
    ['http://h:11434/', 'http://h:11434', 'http://h:11434/v1', false],
    ['http://h:11434/api', 'http://h:11434', 'http://h:11434/api/v1', false],
    ['http://h:11434/v1/', 'http://h:11434', 'http://h:11434/v1', true],
    ['https://o.ai/api/v1', 'https://o.ai/api', 'https://o.ai/api/v1', true],
    [
      'https://g.com/v1beta/openai',
      'https://g.com/v1beta/openai',
      'https://g.com/v1beta/openai',
      true,
    ],
  ])('%s', (address, ollama, openai, saysOpenai) => {
    expect(endpointRoots(address)).toEqual({ ollama, openai, saysOpenai });
  });
});

describe('the lines of a stream', () => {
  async function* chunks(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
  }

  it('are whole wherever it is cut, in the middle of a letter too', async () => {
    const bytes = Buffer.from('ä\r\nb\n\nlast');
    const lines: string[] = [];
    for await (const line of linesOf(chunks(bytes.subarray(0, 1), bytes.subarray(1))))
      lines.push(line);
    expect(lines).toEqual(['ä', 'b', '', 'last']);
  });

  it('end with an error where one has no end', async () => {
    const endless = chunks(...Array.from({ length: 448 }, () => 'x'.repeat(16_384)));
    const reading = (async () => {
      for await (const line of linesOf(endless)) expect(line).toBe('');
    })();
    await expect(reading).rejects.toThrow('has a line that does not end');
  });
});

describe('what is sent', () => {
  it('to Ollama: results by the name of the tool, arguments as objects, room for all of it', () => {
    const body = new OllamaWire('http://h').chatBody(REQUEST);
    expect(body).toMatchObject({
      model: 'm',
      stream: true,
      options: { temperature: 0.5, num_predict: 100, num_ctx: 8192 },
      tools: [{ type: 'function', function: { name: 'get_models' } }],
    });
    expect((body as { messages: object[] }).messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: 'get_models', arguments: { search: 'sdxl' } } }],
      },
      { role: 'tool', content: '{}', tool_name: 'get_models' },
    ]);
  });

  it("to OpenAI's kind: results by the id of the call, arguments as text", () => {
    const body = new OpenAiWire('http://h/v1').chatBody(REQUEST, {});
    expect(body).toMatchObject({ temperature: 0.5, max_tokens: 100 });
    expect((body as { messages: object[] }).messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          {
            id: 'c1',
            type: 'function',
            function: { name: 'get_models', arguments: '{"search":"sdxl"}' },
          },
        ],
      },
      { role: 'tool', content: '{}', tool_call_id: 'c1' },
    ]);
  });

  it('asks Ollama for as much room as it takes, in few sizes', () => {
    const long = (characters: number): number =>
      contextTokens({ ...REQUEST, messages: [{ role: 'user', content: 'x'.repeat(characters) }] });
    expect([long(1000), long(30_000), long(60_000), long(1_000_000)]).toEqual([
      8192, 16_384, 32_768, 65_536,
    ]);
  });
});

describe('an answer of OpenAI’s kind', () => {
  it('may have calls without an index or with broken arguments', () => {
    const reader = new OpenAiWire('http://h/v1').reader('text/event-stream');
    const event = (delta: object): string => `data: ${JSON.stringify({ choices: [{ delta }] })}`;
    reader.read(event({ tool_calls: [{ function: { name: 'a', arguments: '{"x":1}' } }] }));
    reader.read(event({ tool_calls: [{ function: { name: 'b', arguments: '{"x":' } }] }));
    reader.read('data: [DONE]');
    expect(reader.end()).toMatchObject([
      { call: { name: 'a', arguments: { x: 1 } } },
      { call: { name: 'b', arguments: {} } },
    ]);
  });

  it('is no whole one without its end', () => {
    const reader = new OpenAiWire('http://h/v1').reader('text/event-stream');
    reader.read('data: {"choices":[{"delta":{"content":"a"}}]}');
    expect(() => reader.end()).toThrow('broke off');
  });
});

describe('thinking that is written into the answer', () => {
  function through(...pieces: string[]): Record<'content' | 'thinking', string> {
    const filter = new ThoughtFilter();
    const parts: ChatPart[] = pieces.flatMap((text) => [...filter.pass({ type: 'content', text })]);
    const all = { content: '', thinking: '' };
    for (const part of [...parts, ...filter.end()])
      if (part.type !== 'call') all[part.type] += part.text;
    return all;
  }

  it('is told apart wherever the marks are cut', () => {
    const text = '\n<think>a < b, </thin no</think>\n\nyes <think>';
    const whole = { content: 'yes <think>', thinking: 'a < b, </thin no' };
    expect(through(text)).toEqual(whole);
    expect(through(...text.split(''))).toEqual(whole);
  });

  it('is none where there is no mark at the beginning', () => {
    expect(through('<b>', 'old')).toEqual({ content: '<b>old', thinking: '' });
    expect(through('<')).toEqual({ content: '<', thinking: '' });
  });

  it('may never end', () => {
    expect(through('<think>', 'so</th')).toEqual({ content: '', thinking: 'so</th' });
  });
});
