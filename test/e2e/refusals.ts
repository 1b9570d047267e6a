import { APPLE, type Call } from '../support/client.js';

type Wrong = [name: string, field: string, body: object | string];
type Harmful = [name: string, outcome: string, field: string, body: object | string];

function wrong(field: string, values: Record<string, unknown>): Wrong[] {
  return Object.entries(values).map(([name, value]) => [
    `${field} ${name}`,
    field,
    { ...APPLE, [field]: value },
  ]);
}

function harmful(outcome: string, field: string, values: Record<string, unknown>): Harmful[] {
  return wrong(field, values).map(([name, , body]) => [name, outcome, field, body]);
}

/** The picture as JSON, with a number in it that JSON can say and JavaScript cannot. */
function withLiteral(field: string, literal: string): string {
  return JSON.stringify({ ...APPLE, [field]: 0 }).replace(`"${field}":0`, `"${field}":${literal}`);
}

/** Name, request, status, part of the message. */
export const UNREADABLE_BODIES: [string, Partial<Call>, number, string][] = [
  ['cut off', { body: '{"prompt": "red apple"' }, 400, 'JSON'],
  ['with NaN', { body: '{"prompt": "red apple", "cfg_scale": NaN}' }, 400, 'JSON'],
  ['with Infinity', { body: '{"prompt": "red apple", "cfg_scale": Infinity}' }, 400, 'JSON'],
  ['with a bare word', { body: '{"prompt": "red apple", "steps": many}' }, 400, 'JSON'],
  ['a list', { body: [APPLE] }, 400, 'object'],
  ['a text', { body: '"red apple"' }, 400, 'object'],
  ['null', { body: 'null' }, 400, 'object'],
  ['empty', { body: '' }, 400, 'empty'],
  ['nothing at all', { headers: {} }, 400, 'object'],
  [
    'of another type',
    { body: '<prompt/>', headers: { 'content-type': 'application/xml' } },
    415,
    'application/json',
  ],
  ['of no type', { body: '{}', headers: { 'content-type': 'nonsense' } }, 415, 'application/json'],
  [
    'JSON by the name of text',
    { body: '{}', headers: { 'content-type': 'text/plain' } },
    415,
    'application/json',
  ],
];

const { prompt: _, ...WITHOUT_PROMPT } = APPLE;

/** Name, field, body. */
export const WRONG_OPTIONS: Wrong[] = [
  ['no prompt', 'prompt', WITHOUT_PROMPT],
  ...wrong('prompt', {
    'that is null': null,
    'that is a number': 5,
    'that is a list': ['red', 'apple'],
    'of 1 MB': 'a '.repeat(512 * 1024),
    'with a NUL': 'red\0apple',
    'with half a character': 'red \ud800 apple',
  }),
  ...['width', 'height'].flatMap((field) =>
    wrong(field, {
      '63': 63,
      '65, no multiple of 8': 65,
      '100.5': 100.5,
      '1e9': 1e9,
      'in words': 'many',
      'as a text': '128',
      'as a list': [128],
    }),
  ),
  ...wrong('steps', { '1.5': 1.5, '1e9': 1e9, 'in words': 'many', 'as a boolean': true }),
  ...wrong('cfg_scale', { '"NaN"': 'NaN', '-1': -1, '1e30': 1e30 }),
  ['cfg_scale 1e999', 'cfg_scale', withLiteral('cfg_scale', '1e999')],
  ['seed 1e999', 'seed', withLiteral('seed', '1e999')],
  ...wrong('batch_count', { '0': 0, '-1': -1, '1000': 1000 }),
  ...wrong('sampling_method', { 'that there is not': 'mop', 'that is a number': 1 }),
  ...wrong('scheduler', { 'that there is not': 'whenever', 'that is an object': {} }),
  ...wrong('seed', { '-2': -2, '1.5': 1.5, '2^60': 2 ** 60, 'in words': 'any' }),
  ...wrong('clip_skip', { '99': 99, '-2': -2 }),
  ...wrong('n_threads', { '-1': -1, '513': 513 }),
  ...wrong('vae_on_cpu', { 'as a text': 'yes', 'as a number': 1 }),
  ...wrong('vae_path', {
    'that climbs out': '../../etc/passwd',
    'that is absolute': '/etc/passwd',
    'that is a folder': '..',
    'with a NUL': 'tiny-emoji\0',
  }),
  ...wrong('lora_model_dir', { 'that is not ours to open': '/etc' }),
  ...wrong('colour', { 'is no option': 'red' }),
  ...wrong('constructor', { 'is no option': 'red' }),
];

const NUMBERLESS_WEIGHTS = { '(cat:.)': '(cat:.)', '(cat:999…9)': `(cat:${'9'.repeat(60)})` };

/** Name, what the engine does when it gets it, field, body. */
export const HARMFUL_OPTIONS: Harmful[] = [
  ...['prompt', 'negative_prompt'].flatMap((field) => [
    ...harmful('aborts it', field, NUMBERLESS_WEIGHTS),
    ...harmful('overflows its stack', field, { 'of 200,000 letters': 'a'.repeat(200_000) }),
    ...harmful('keeps it busy for minutes', field, { 'of 5,000 words': 'cat '.repeat(5000) }),
  ]),
  ...['width', 'height'].flatMap((field) =>
    harmful('aborts it', field, { '0': 0, '-8': -8, '-128': -128 }),
  ),
  ...harmful('is a segmentation fault', 'steps', { '0': 0 }),
  [
    'steps 1 with gits',
    'is a segmentation fault',
    'steps',
    { ...APPLE, scheduler: 'gits', steps: 1 },
  ],
  ...harmful('never ends', 'steps', { '-1': -1, '-2147483648': -2_147_483_648 }),
];

/** Addresses that nobody answers. */
export const LISTED_NOWHERE: ['GET' | 'POST', string][] = [
  ['GET', '/no-such-page'],
  ['GET', '/index.php'],
  ['POST', '/'],
  ['GET', '/api'],
  ['GET', '/api/nothing/here'],
  ['POST', '/api/nothing/here'],
  ['GET', '/api/generate/text2img'],
  ['POST', '/api/generate'],
  ['GET', '/api/../../etc/passwd'],
];

/** Ways out of the outputs; `{mine}` is the address of a finished job's files, `{id}` the job's id. */
export const OUTPUT_PATHS = [
  '{mine}/image_1.png',
  '{mine}/',
  '{mine}/.',
  '{mine}/..',
  '{mine}/../../../atelier.db',
  '{mine}/..%2f..%2fatelier.db',
  '{mine}/..%2f..%2fjwt-secret',
  '{mine}/..%5c..%5cjwt-secret',
  '{mine}/%2e%2e/%2e%2e/atelier.db',
  '{mine}/%2e%2e%2f%2e%2e%2fatelier.db',
  '{mine}/..%252f..%252fatelier.db',
  '{mine}/%2fetc%2fpasswd',
  '{mine}/image_0.png%00',
  '{mine}/image_0.png%00.jpg',
  '{mine}/%00',
  '{mine}/%ff',
  '{mine}/%zz',
  `{mine}/${'a'.repeat(101)}`,
  '{mine}/.hidden',
  '/api/queue/job/..%2f{id}/output/image_0.png',
  '/api/queue/job/{id}%2f/output/image_0.png',
  '/api/queue/job/../output/atelier.db',
  '/api/queue/job/%2e%2e/output/atelier.db',
  '/api/queue/job/%2e%2e/output/jwt-secret',
  '/api/queue/job/00000000-0000-0000-0000-000000000000/output/image_0.png',
];
