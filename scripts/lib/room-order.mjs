import { dirname, join, normalize, relative, sep } from 'node:path';

/**
 * The linter's rule for the rooms of `src/`: a room imports only rooms before it in the list, and
 * only their `index.ts`; only the engine's room names anything in `native/`; the product does not
 * import tests.
 *
 * @typedef {{ rooms: string[], native: string }} RoomOptions `native` is the room that may use it
 */

/**
 * Why a file may not name a path, or undefined when it may.
 *
 * @param {string} from the importing file, relative to the repository, with forward slashes
 * @param {string} specifier as written in the source
 * @param {RoomOptions} options
 * @returns {string | undefined}
 */
export function forbidden(from, specifier, { rooms, native }) {
  if (!specifier.startsWith('.') || !from.startsWith('src/')) return undefined;
  const target = normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/');
  const [top, room, ...rest] = target.split('/');
  const home = roomOf(from);

  if (top === 'native' && home !== native) return `Only src/${native}/ may use native/.`;
  if (top === 'test') return 'The product does not import its tests.';
  if (top !== 'src' || room === undefined || room === home) return undefined;
  if (rest.length === 0)
    return home ? 'A room does not import the files above the rooms.' : undefined;
  if (!rooms.includes(room)) return `src/${room}/ is not in the list of rooms.`;
  if (rest.join('/') !== 'index.js') return `Import src/${room}/ through its index.js.`;
  if (home !== undefined && rooms.indexOf(room) > rooms.indexOf(home)) {
    return `src/${home}/ stands before src/${room}/ in the order of rooms, so it may not import it.`;
  }
  return undefined;
}

/**
 * @param {string} file relative to the repository
 * @returns {string | undefined} undefined for a file that stands in `src/` itself
 */
function roomOf(file) {
  const parts = file.split('/');
  return parts.length > 2 ? parts[1] : undefined;
}

/** @param {any} context the linter's rule context */
function createRoomOrder(context) {
  const from = relative(context.cwd, context.filename).split(sep).join('/');
  const options = context.options[0];
  const home = roomOf(from);

  /** @param {any} node @param {any} source */
  const check = (node, source) => {
    if (typeof source?.value !== 'string') return;
    const message = forbidden(from, source.value, options);
    if (message) context.report({ node, message });
  };
  /** @param {any} node */
  const checkSource = (node) => check(node, node.source);

  return {
    Program(/** @type {any} */ node) {
      if (home && from.startsWith('src/') && !options.rooms.includes(home)) {
        context.report({ node, message: `src/${home}/ is not in the list of rooms.` });
      }
    },
    ImportDeclaration: checkSource,
    ExportNamedDeclaration: checkSource,
    ExportAllDeclaration: checkSource,
    ImportExpression: checkSource,
    TSImportType: checkSource,
    NewExpression(/** @type {any} */ node) {
      if (node.callee.name === 'URL') check(node, node.arguments[0]);
    },
    CallExpression(/** @type {any} */ node) {
      if (/require/i.test(node.callee.name ?? '')) check(node, node.arguments[0]);
    },
  };
}

const schema = [
  {
    type: 'object',
    properties: {
      rooms: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      native: { type: 'string' },
    },
    required: ['rooms', 'native'],
    additionalProperties: false,
  },
];

export default {
  meta: { name: 'atelier' },
  rules: { 'room-order': { meta: { schema }, create: createRoomOrder } },
};
