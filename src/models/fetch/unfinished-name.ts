/** Files of ours that are not whole yet: a dot hides them from the scan, whatever they end in. */
const UNFINISHED = /^\.atelier-[0-9a-f-]{36}(?:\.gguf|\.safetensors|\.part)?$/;

/** @param id a UUID @param ending as of the file that it will be, where that matters to who writes it */
export function unfinishedName(id: string, ending = ''): string {
  return `.atelier-${id}${ending}`;
}

export function isUnfinishedName(name: string): boolean {
  return UNFINISHED.test(name);
}
