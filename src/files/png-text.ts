import { crc32 } from 'node:zlib';

const SIGNATURE_LENGTH = 8;
/** Length, type and checksum around the 13 bytes of the header chunk. */
const HEADER_CHUNK_LENGTH = 25;
const END_CHUNK_LENGTH = 12;

function isLatin1(text: string): boolean {
  return Buffer.from(text, 'latin1').toString('latin1') === text;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** `tEXt` holds Latin-1 only; everything else needs an uncompressed `iTXt` (PNG specification, 11.3.3). */
function textChunk(keyword: string, text: string): Buffer {
  if (isLatin1(text)) return chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));
  return chunk(
    'iTXt',
    Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(text, 'utf8')]),
  );
}

/** The PNG with these texts behind its header, where readers that stop at the pixels find them. */
export function withPngTexts(png: Buffer, texts: Record<string, string>): Buffer {
  const head = SIGNATURE_LENGTH + HEADER_CHUNK_LENGTH;
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return Buffer.concat([png.subarray(0, head), ...chunks, png.subarray(head)]);
}

function readText(type: string, data: Buffer): [string, string] | undefined {
  const end = data.indexOf(0);
  const keyword = data.toString('latin1', 0, end);
  if (type === 'tEXt') return [keyword, data.toString('latin1', end + 1)];
  const compressed = data[end + 1] !== 0;
  if (compressed) return undefined;
  const language = data.indexOf(0, end + 3);
  const translated = data.indexOf(0, language + 1);
  return [keyword, data.toString('utf8', translated + 1)];
}

/** How much is read of the texts in a PNG: chunks, and their bytes together. */
const TEXT_LIMITS = { chunks: 64, bytes: 1_048_576 };

/** The first uncompressed texts in a PNG, by keyword, as far as the limits go. */
export function readPngTexts(png: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  let at = SIGNATURE_LENGTH;
  let chunks = 0;
  let bytes = 0;
  while (at + END_CHUNK_LENGTH <= png.length) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'tEXt' || type === 'iTXt') {
      chunks += 1;
      bytes += data.length;
      if (chunks > TEXT_LIMITS.chunks || bytes > TEXT_LIMITS.bytes) return found;
      const pair = readText(type, data);
      if (pair) found[pair[0]] = pair[1];
    }
    at += length + END_CHUNK_LENGTH;
  }
  return found;
}
