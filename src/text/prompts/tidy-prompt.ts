/** Marks that models put around a prompt though they are told not to. */
const WRAPPED = [
  /^```[a-z]*\n?([\s\S]*?)\n?```$/i,
  /^"([^"]*)"$/,
  /^“([^”]*)”$/,
  /^'([^']*)'$/,
  /^\*\*([^*]*)\*\*$/,
];

/** What they say before it. */
const INTRODUCTION =
  /^(?:(?:here(?:'s| is)[^:\n]{0,80}|(?:enhanced|improved|expanded|final|new) prompt|prompt)\s*:)\s*/i;

/** The prompt in what a language model answered: one line, without what stands around it. */
export function tidyPrompt(answer: string, limit: number): string {
  let text = answer.trim().replace(INTRODUCTION, '').trim();
  for (const pattern of WRAPPED) text = (pattern.exec(text)?.[1] ?? text).trim();
  return cut(text.replaceAll(/\s+/g, ' '), limit);
}

/** At the end of a word, where there is one in reach. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const begin = text.slice(0, limit);
  const space = begin.lastIndexOf(' ');
  return (space > limit / 2 ? begin.slice(0, space) : begin).replace(/[\s,;]+$/, '');
}
