/** What to do about a failure; the server's own sentence says what went wrong. */
const ADVICE: ReadonlyArray<[RegExp, string]> = [
  [/^PREREQUISITE_FAILED$/, 'Try the job that it waited for again first, then this one.'],
  [
    /^(ENGINE_CRASHED|ENGINE_STALLED|ENGINE_UNAVAILABLE)$/,
    'Try it again. If it fails once more, a smaller picture or another model may go through.',
  ],
  [
    /^(OUT_OF_MEMORY|NOT_ENOUGH_MEMORY)$/,
    'Try a smaller picture, fewer pictures at once, or a smaller model.',
  ],
  [/^MODEL_(NOT_FOUND|NOT_LOADABLE)$/, 'Choose another model: this one is not there (any more).'],
  [
    /^MODEL_(DAMAGED|FILE_DAMAGED|LOAD_FAILED)$/,
    'Choose another model, or have an administrator download this one again.',
  ],
  [/^CHECKSUM_MISMATCH$/, 'The file did not arrive whole. Try it again.'],
  [/^(DISK_FULL|INSUFFICIENT_STORAGE)$/, 'Make room on the disk of the server, then try it again.'],
  [
    /^(HUB_|ADDRESS_|MODEL_DOWNLOAD_FAILED)/,
    'Look whether the address is right and the other server is up, then try it again.',
  ],
  [/^(VALIDATION_ERROR|INVALID_PARAMETERS)$/, 'Change what the message names, and ask anew.'],
  [/^INTERNAL_ERROR$/, 'Try it again. An administrator finds more in the log.'],
];

/** What to do next after a job failed with this code. */
export function adviceFor(code: string): string {
  return (
    ADVICE.find(([codes]) => codes.test(code))?.[1] ?? 'Try it again, or change what you asked for.'
  );
}
