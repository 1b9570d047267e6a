/** Tags of TIFF and Exif (CIPA DC-008, 4.6). */
const IMAGE_DESCRIPTION = 0x010e;
const EXIF_IFD = 0x8769;
const USER_COMMENT = 0x9286;

const ASCII = 2;
const LONG = 4;
const UNDEFINED = 7;

const TIFF_HEADER_LENGTH = 8;
const ENTRY_LENGTH = 12;
/** Longest value that stands in an entry itself. */
const INLINE_LENGTH = 4;

/** How Exif marks a comment in UTF-16; the order of its bytes is the file's. */
const UNICODE_MARK = Buffer.from('UNICODE\0', 'latin1');
/** How the segment of a JPEG and, with some writers, the chunk of a WebP begins. */
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');

/** Longest Exif block that a JPEG segment holds: 64 KiB less its length field and mark. */
const JPEG_LIMIT = 0xffff - 2 - EXIF_MARK.length;

/** The keyword whose text goes into the comment, which is where AUTOMATIC1111 keeps it. */
const COMMENT_KEYWORD = 'parameters';

interface Entry {
  tag: number;
  type: number;
  count: number;
  value: Buffer;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function directoryLength(entries: Entry[]): number {
  const apart = entries.reduce(
    (sum, { value }) =>
      sum + (value.length > INLINE_LENGTH ? value.length + (value.length % 2) : 0),
    0,
  );
  return 2 + entries.length * ENTRY_LENGTH + 4 + apart;
}

/** A directory that begins at an offset of the block, with the values that do not fit into entries behind it. */
function directory(entries: Entry[], start: number): Buffer {
  const bytes = Buffer.alloc(directoryLength(entries));
  bytes.writeUInt16BE(entries.length, 0);
  let apart = 2 + entries.length * ENTRY_LENGTH + 4;
  entries.forEach(({ tag, type, count, value }, index) => {
    const at = 2 + index * ENTRY_LENGTH;
    bytes.writeUInt16BE(tag, at);
    bytes.writeUInt16BE(type, at + 2);
    bytes.writeUInt32BE(count, at + 4);
    if (value.length <= INLINE_LENGTH) {
      value.copy(bytes, at + 8);
      return;
    }
    bytes.writeUInt32BE(start + apart, at + 8);
    value.copy(bytes, apart);
    apart += value.length + (value.length % 2);
  });
  return bytes;
}

function utf16(text: string): Buffer {
  return Buffer.concat([UNICODE_MARK, Buffer.from(text, 'utf16le').swap16()]);
}

/**
 * An Exif block with the text `parameters` as its comment, as AUTOMATIC1111 writes it, and all other
 * texts as a JSON object in the description. Undefined when there is nothing to say.
 */
export function exifBlock(texts: Record<string, string>): Buffer | undefined {
  const { [COMMENT_KEYWORD]: comment, ...others } = texts;
  const main: Entry[] = [];
  const inner: Entry[] = [];
  if (Object.keys(others).length > 0) {
    const value = Buffer.from(`${JSON.stringify(others)}\0`, 'utf8');
    main.push({ tag: IMAGE_DESCRIPTION, type: ASCII, count: value.length, value });
  }
  if (comment !== undefined) {
    const value = utf16(comment);
    inner.push({ tag: USER_COMMENT, type: UNDEFINED, count: value.length, value });
    main.push({ tag: EXIF_IFD, type: LONG, count: 1, value: long(0) });
  }
  if (main.length === 0) return undefined;
  const innerStart = TIFF_HEADER_LENGTH + directoryLength(main);
  for (const entry of main) if (entry.tag === EXIF_IFD) entry.value = long(innerStart);
  const header = Buffer.concat([Buffer.from('MM\0*', 'latin1'), long(TIFF_HEADER_LENGTH)]);
  const parts = [header, directory(main, TIFF_HEADER_LENGTH)];
  if (inner.length > 0) parts.push(directory(inner, innerStart));
  return Buffer.concat(parts);
}

/** The JPEG with this Exif block in front; without it where the block is longer than a JPEG can hold. */
export function withJpegExif(jpeg: Buffer, block: Buffer | undefined): Buffer {
  if (!block || block.length > JPEG_LIMIT) return jpeg;
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + EXIF_MARK.length + block.length, 4);
  return Buffer.concat([head, EXIF_MARK, block, jpeg.subarray(2)]);
}

function riffChunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(8 + data.length + (data.length % 2));
  framed.write(type, 0, 'latin1');
  framed.writeUInt32LE(data.length, 4);
  data.copy(framed, 8);
  return framed;
}

const WEBP_HEADER_LENGTH = 12;
const EXIF_FLAG = 0x08;
const ALPHA_FLAG = 0x10;

/** The header that a WebP needs to hold more than pixels (RFC 9649, 2.7). */
function extendedHeader(flags: number, width: number, height: number): Buffer {
  const data = Buffer.alloc(10);
  data.writeUInt8(flags, 0);
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return riffChunk('VP8X', data);
}

/** Whether the bitstream of a simple lossless WebP says that it has transparency. */
function hasAlpha(webp: Buffer): boolean {
  return webp.toString('latin1', 12, 16) === 'VP8L' && (webp.readUInt32LE(21) & (1 << 28)) !== 0;
}

/** The WebP with this Exif block behind its pixels. */
export function withWebpExif(
  webp: Buffer,
  block: Buffer | undefined,
  { width, height }: { width: number; height: number },
): Buffer {
  if (!block) return webp;
  const chunks = Buffer.from(webp.subarray(WEBP_HEADER_LENGTH));
  const extended = chunks.toString('latin1', 0, 4) === 'VP8X';
  if (extended) chunks.writeUInt8(chunks.readUInt8(8) | EXIF_FLAG, 8);
  const flags = EXIF_FLAG | (hasAlpha(webp) ? ALPHA_FLAG : 0);
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    extended ? Buffer.alloc(0) : extendedHeader(flags, width, height),
    chunks,
    riffChunk('EXIF', block),
  ]);
  return riffChunk('RIFF', body);
}

function readDirectory(block: Buffer, start: number): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  const count = block.readUInt16BE(start);
  for (let index = 0; index < count; index += 1) {
    const at = start + 2 + index * ENTRY_LENGTH;
    const type = block.readUInt16BE(at + 2);
    const length = block.readUInt32BE(at + 4) * (type === LONG ? 4 : 1);
    const from = length <= INLINE_LENGTH ? at + 8 : block.readUInt32BE(at + 8);
    found.set(block.readUInt16BE(at), block.subarray(from, from + length));
  }
  return found;
}

/** The texts in a block that {@link exifBlock} made. Blocks of other writers may hold them elsewhere. */
export function readExifTexts(exif: Buffer): Record<string, string> {
  const block = exif.subarray(0, 6).equals(EXIF_MARK) ? exif.subarray(EXIF_MARK.length) : exif;
  if (block.toString('latin1', 0, 2) !== 'MM') return {};
  const main = readDirectory(block, block.readUInt32BE(4));
  const description = main.get(IMAGE_DESCRIPTION)?.toString('utf8').replace(/\0$/, '');
  const inner = main.get(EXIF_IFD)?.readUInt32BE();
  const comment = inner === undefined ? undefined : readDirectory(block, inner).get(USER_COMMENT);
  return {
    ...(comment
      ? { [COMMENT_KEYWORD]: Buffer.from(comment.subarray(8)).swap16().toString('utf16le') }
      : {}),
    ...(description ? (JSON.parse(description) as Record<string, string>) : {}),
  };
}
