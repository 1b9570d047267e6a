/** The engine's own grammar of a weight (stable-diffusion.cpp, `parse_prompt_attention`): a colon, digits and points, a bracket. */
const WEIGHT = /:([+-]?[.\d]+)\)/g;

/**
 * How many bytes a prompt may have for each character of the limit. Rare characters are a token for each
 * of their up to four bytes, and the time of the text encoder grows with the square of the tokens.
 */
const BYTES_A_CHARACTER = 1.5;

/** Weights beyond it make noise of any picture. */
const MAX_WEIGHT = 100;

function weightProblem(text: string): string | undefined {
  const digits = text.replace(/^[+-]/, '');
  if (!/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(digits))
    return `the weight "${text.slice(0, 20)}" is not a number`;
  if (Number(digits) > MAX_WEIGHT)
    return `the weight "${text.slice(0, 20)}" is beyond ${MAX_WEIGHT}`;
  return undefined;
}

/**
 * What is wrong with a prompt, as the end of a sentence; undefined when nothing is. A weight that is no
 * float ends the engine's process, a prompt of thousands of words keeps it busy for minutes, and a NUL
 * byte would cut the prompt short.
 */
export function promptProblem(prompt: string, limit: number): string | undefined {
  const length = Array.from(prompt).length;
  if (length > limit) return `is ${length} characters long; at most ${limit} are accepted`;
  const bytes = Buffer.byteLength(prompt);
  const byteLimit = Math.ceil(limit * BYTES_A_CHARACTER);
  if (bytes > byteLimit) return `is ${bytes} bytes long; at most ${byteLimit} are accepted`;
  if (prompt.includes('\0')) return 'must not contain a NUL character';
  if (!prompt.isWellFormed()) return 'must be valid Unicode text';
  for (const [, weight = ''] of prompt.matchAll(WEIGHT)) {
    const problem = weightProblem(weight);
    if (problem) return `has a weight that cannot be used: ${problem}`;
  }
  return undefined;
}
