import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** What the stand-in says next, or how it fails. */
export interface LlmAnswer {
  /** In pieces: each is a chunk of the stream. */
  content?: string | string[];
  thinking?: string;
  calls?: { name: string; arguments: Record<string, unknown> }[];
  /** Refuses with this status. */
  status?: number;
  /** The sentence of a refusal, or of a failure in the middle of the stream. */
  error?: string;
  /** Closes the connection in the middle of the stream. */
  cut?: boolean;
  /** Ends the stream well, but without its last word. */
  unfinished?: boolean;
  /** Sends this instead of anything that could be understood. */
  garbage?: string;
  /** Says nothing until it is hung up on. */
  hang?: boolean;
  /** Says what it has, and then nothing until it is hung up on. */
  falters?: boolean;
  /** Says the same for ever. */
  endless?: boolean;
  /** Does not stream though it is told to. */
  whole?: boolean;
}

export function json(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

function piecesOf({ content = [] }: LlmAnswer): string[] {
  return [content].flat();
}

/** Begins to write: `write` sends a chunk; `finish` ends as the answer says. */
function streamTo(response: ServerResponse, answer: LlmAnswer, write: (text: string) => void) {
  const finish = (last: () => void): void => {
    if (answer.cut) {
      // What was written is to arrive before the end.
      response.write('', () => response.destroy());
      return;
    }
    if (!answer.unfinished) last();
    response.end();
  };
  const forEver = (): void => {
    if (response.destroyed) return;
    write('and on ');
    if (response.writableNeedDrain) response.once('drain', forEver);
    else setImmediate(forEver);
  };
  return { finish, forEver };
}

export function ollamaAnswer(
  response: ServerResponse,
  { model }: { model?: string },
  answer: LlmAnswer,
): void {
  response.setHeader('content-type', 'application/x-ndjson');
  const line = (message: object, done = false): void => {
    const created_at = new Date().toISOString();
    const end = done ? { done_reason: 'stop', eval_count: 3 } : {};
    response.write(`${JSON.stringify({ model, created_at, message, done, ...end })}\n`);
  };
  const say = (content: string): void => line({ role: 'assistant', content });
  const { finish, forEver } = streamTo(response, answer, say);
  if (answer.thinking) line({ role: 'assistant', content: '', thinking: answer.thinking });
  for (const piece of piecesOf(answer)) say(piece);
  if (answer.calls)
    line({
      role: 'assistant',
      content: '',
      tool_calls: answer.calls.map((call) => ({ function: call })),
    });
  if (answer.falters) return;
  if (answer.endless) return forEver();
  if (answer.error !== undefined) response.write(`${JSON.stringify({ error: answer.error })}\n`);
  finish(() => line({ role: 'assistant', content: '' }, true));
}

export function openaiAnswer(
  response: ServerResponse,
  { model }: { model?: string },
  answer: LlmAnswer,
): void {
  const id = `chatcmpl-${randomUUID()}`;
  const calls = (answer.calls ?? []).map((call, index) => ({
    index,
    id: `call_${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  if (answer.whole) {
    const content = piecesOf(answer).join('');
    const message = {
      role: 'assistant',
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    return json(response, {
      id,
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message, finish_reason }],
    });
  }
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  const event = (delta: object, reason: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: reason }];
    const chunk = { id, object: 'chat.completion.chunk', model, choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const say = (content: string): void => event({ content });
  const { finish, forEver } = streamTo(response, answer, say);
  event({ role: 'assistant', content: '' });
  if (answer.thinking) event({ reasoning_content: answer.thinking });
  for (const piece of piecesOf(answer)) say(piece);
  for (const { function: named, ...call } of calls) {
    // The arguments come in pieces, of which only the first says whose they are.
    event({ tool_calls: [{ ...call, function: { name: named.name, arguments: '' } }] });
    for (const part of named.arguments.match(/.{1,7}/gs) ?? [])
      event({ tool_calls: [{ index: call.index, function: { arguments: part } }] });
  }
  if (answer.falters) return;
  if (answer.endless) return forEver();
  if (answer.error !== undefined)
    response.write(`data: ${JSON.stringify({ error: { message: answer.error } })}\n\n`);
  finish(() => {
    event({}, finish_reason);
    response.write('data: [DONE]\n\n');
  });
}
