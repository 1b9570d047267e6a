import type { ChatRequest } from './chat-port.js';

/** Characters of a token, on the safe side: code and languages other than English have fewer. */
const CHARACTERS = 3;

/** Few sizes, because another one makes Ollama load the model anew. */
const SIZES = [8192, 16_384, 32_768];

const LARGEST = 65_536;

/**
 * Tokens of room for a request and its answer. Ollama gives 4096 unless told otherwise, and forgets the
 * beginning of what is longer without a word: there the system prompt stands.
 */
export function contextTokens({ messages, tools = [], maxTokens }: ChatRequest): number {
  const characters = JSON.stringify(messages).length + JSON.stringify(tools).length;
  const needed = Math.ceil(characters / CHARACTERS) + maxTokens;
  return SIZES.find((size) => size >= needed) ?? LARGEST;
}
