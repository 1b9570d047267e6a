export const CIVITAI = 'Civitai';
export const HUGGING_FACE = 'Hugging Face';

const TOKEN_SETTINGS: Readonly<Record<string, string>> = {
  [CIVITAI]: 'ATELIER_CIVITAI_TOKEN',
  [HUGGING_FACE]: 'ATELIER_HUGGINGFACE_TOKEN',
};

/** What to do where a server wants to know who asks, as the end of a sentence. @param hub a hub, or a host */
export function tokenAdvice(hub: string): string {
  const setting = TOKEN_SETTINGS[hub];
  if (!setting) return 'give an address that holds its token';
  return `set a token of that account (${setting}) and start this server again`;
}
