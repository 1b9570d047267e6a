/** A multipart form with a file. */
export interface Form {
  headers: { 'content-type': string };
  payload: Buffer;
}

/** @param fields by name; a file has bytes and its name; in the order in which they are given */
export function formOf(fields: Record<string, string | { name: string; bytes: Buffer }>): Form {
  const boundary = 'the-boundary-of-a-test';
  const parts = Object.entries(fields).map(([field, value]) => {
    const isFile = typeof value !== 'string';
    const filename = isFile ? `; filename="${value.name}"` : '';
    const type = isFile ? 'content-type: application/octet-stream\r\n' : '';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"${filename}\r\n${type}\r\n`;
    return Buffer.concat([
      Buffer.from(head),
      isFile ? value.bytes : Buffer.from(value),
      Buffer.from('\r\n'),
    ]);
  });
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
