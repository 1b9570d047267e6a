import { boolean, decimal, httpAddress, integer, oneOf, Setting, text } from './setting.js';

/** What an endpoint speaks; `auto` asks it. */
export const ENDPOINT_KINDS = ['auto', 'ollama', 'openai'] as const;

export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** Least and most of what can be set here and while the server runs. */
export const TEXT_BOUNDS = {
  temperature: { min: 0, max: 2 },
  maxTokens: { min: 16, max: 131_072 },
  timeoutSeconds: { min: 1, max: 3600 },
  maxHistory: { min: 0, max: 10_000 },
} as const;

const { temperature, maxTokens, timeoutSeconds, maxHistory } = TEXT_BOUNDS;

const CHANGEABLE = 'Administrators can change it while the server runs.';

/** Language models: prompts made better, and the assistant. */
export class TextConfig {
  @Setting({
    env: 'ATELIER_TEXT_ENABLED',
    parse: boolean,
    doc: `Whether prompts are made better and the assistant answers, once there is an endpoint. ${CHANGEABLE}`,
  })
  enabled = true;

  @Setting({
    env: 'ATELIER_TEXT_ENDPOINT',
    parse: httpAddress,
    doc: `Address of the server with the language model: an Ollama, such as http://127.0.0.1:11434, or any that speaks OpenAI's chat completions, such as https://api.openai.com/v1. ${CHANGEABLE}`,
    shownDefault: 'none: prompts are not made better, and the assistant does not answer',
  })
  endpoint = '';

  @Setting({
    env: 'ATELIER_TEXT_ENDPOINT_KIND',
    parse: oneOf(...ENDPOINT_KINDS),
    doc: `What the endpoint speaks: ollama, openai, or auto, which asks it. ${CHANGEABLE}`,
  })
  endpointKind: EndpointKind = 'auto';

  @Setting({
    env: 'ATELIER_TEXT_API_KEY',
    parse: text,
    secret: true,
    doc: `Key for the endpoint, sent as Bearer token, and to no other endpoint. ${CHANGEABLE}`,
    shownDefault: 'none',
  })
  apiKey = '';

  @Setting({
    env: 'ATELIER_TEXT_MODEL',
    parse: text,
    doc: `Language model, as the endpoint calls it. ${CHANGEABLE}`,
    shownDefault: 'the first that the endpoint has',
  })
  model = '';

  @Setting({
    env: 'ATELIER_TEXT_TEMPERATURE',
    parse: decimal(temperature.min, temperature.max),
    doc: `How freely the language model chooses its words. ${CHANGEABLE}`,
  })
  temperature = 0.7;

  @Setting({
    env: 'ATELIER_TEXT_MAX_TOKENS',
    parse: integer(maxTokens.min, maxTokens.max),
    doc: `Most tokens of one answer of the language model, its thinking included. ${CHANGEABLE}`,
  })
  maxTokens = 2048;

  @Setting({
    env: 'ATELIER_TEXT_TIMEOUT_SECONDS',
    parse: integer(timeoutSeconds.min, timeoutSeconds.max),
    doc: `Seconds that one answer of the language model may take. ${CHANGEABLE}`,
  })
  timeoutSeconds = 120;

  @Setting({
    env: 'ATELIER_TEXT_PER_USER',
    parse: integer(1, 1000),
    doc: 'Requests to the language model that one user may have under way at a time.',
  })
  perUser = 2;

  @Setting({
    env: 'ATELIER_ENHANCE_HISTORY',
    parse: integer(maxHistory.min, maxHistory.max),
    doc: `How many of the prompts that were made better are kept for each user. ${CHANGEABLE}`,
  })
  enhanceHistory = 100;

  @Setting({
    env: 'ATELIER_ENHANCE_PROMPT',
    parse: text,
    doc: `What the language model is told before a prompt that it is to make better. ${CHANGEABLE}`,
    shownDefault: "the server's own words",
  })
  enhancePrompt = '';

  @Setting({
    env: 'ATELIER_ASSISTANT_HISTORY',
    parse: integer(maxHistory.min, maxHistory.max),
    doc: `How many questions to the assistant are kept for each user, with their answers. ${CHANGEABLE}`,
  })
  assistantHistory = 50;

  @Setting({
    env: 'ATELIER_ASSISTANT_PROMPT',
    parse: text,
    doc: `What the assistant is told to be, before what it can do. ${CHANGEABLE}`,
    shownDefault: "the server's own words",
  })
  assistantPrompt = '';

  @Setting({
    env: 'ATELIER_ASSISTANT_SUGGESTIONS',
    parse: boolean,
    doc: `Whether user interfaces ask the assistant by themselves when something fails. ${CHANGEABLE}`,
  })
  suggestions = true;

  @Setting({
    env: 'ATELIER_TEXT_THREADS',
    parse: integer(0, 512),
    doc: 'Threads that compute for language models here; 0 takes one less than the machine has, and one at least.',
  })
  threads = 0;

  @Setting({
    env: 'ATELIER_TEXT_GPU',
    parse: oneOf('none', 'cuda', 'vulkan', 'metal'),
    doc: 'What language models here compute on; docs/text.md says how a build for graphics cards is installed.',
  })
  gpu: 'none' | 'cuda' | 'vulkan' | 'metal' = 'none';

  @Setting({
    env: 'ATELIER_TEXT_CONTEXT',
    parse: integer(256, 1_048_576),
    doc: 'Tokens that a request to a language model here may have, prompt and answer together, where loading does not say otherwise. Memory grows with it.',
  })
  contextSize = 4096;

  @Setting({
    env: 'ATELIER_TEXT_SEQUENCES',
    parse: integer(1, 64),
    doc: 'How many requests a language model here works on at the same time. Memory for the context grows with it.',
  })
  sequences = 4;

  @Setting({
    env: 'ATELIER_TEXT_GPU_LAYERS',
    parse: integer(0, 10_000),
    doc: 'How many layers of a language model are put on the graphics card, where loading does not say otherwise.',
  })
  gpuLayers = 0;

  @Setting({
    env: 'ATELIER_TEXT_WAITING',
    parse: integer(0, 10_000),
    doc: 'How many requests to language models here may wait for their turn; beyond it they are refused with 503.',
  })
  waiting = 100;

  @Setting({
    env: 'ATELIER_TEXT_DEFAULT_MODEL',
    parse: text,
    doc: 'Name of the language model here for requests that name none.',
    shownDefault: 'the first by name',
  })
  defaultModel = '';
}
