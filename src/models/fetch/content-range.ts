/** `Content-Range` of an answer with a part of a file (RFC 9110, 14.4), in bytes. */
export interface ContentRange {
  start: number;
  /** null where the server does not know it. */
  total: number | null;
}

/** @returns undefined for what is no range of bytes */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const [, start, end, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(value ?? '') ?? [];
  if (start === undefined || Number(end) < Number(start)) return undefined;
  return { start: Number(start), total: total === '*' ? null : Number(total) };
}

/** How long a file is, in the `Content-Range` of a 416: `bytes` of which none are left. */
export function lengthBehindRange(value: string | undefined): number | undefined {
  const [, length] = /^bytes \*\/(\d{1,15})$/.exec(value ?? '') ?? [];
  return length === undefined ? undefined : Number(length);
}
