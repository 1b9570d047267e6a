import { withoutTrailing } from '../../common/index.js';

/** The roots below which the two kinds of API lie, without a slash at their ends. */
export interface EndpointRoots {
  /** For `/api/chat` and its kin. */
  ollama: string;
  /** For `/chat/completions` and its kin. */
  openai: string;
  /** Whether the address itself says that it is OpenAI's kind: it ends with a version. */
  saysOpenai: boolean;
}

/** An address as people write it: with or without a slash, a version, or Ollama's `/api`. */
export function endpointRoots(address: string): EndpointRoots {
  const bare = withoutTrailing(address.trim(), '/');
  const saysOpenai = /\/v\d+(?:beta)?(?:\/openai)?$/.test(bare);
  return {
    ollama: bare.replace(/\/(?:v1|api)$/, ''),
    openai: saysOpenai ? bare : `${bare}/v1`,
    saysOpenai,
  };
}
