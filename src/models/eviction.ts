/** A model in memory, as far as giving it up is concerned. */
export interface Loaded {
  key: string;
  bytes: number;
  /** Somebody draws with it. */
  busy: boolean;
}

export interface Room {
  /** How many models may be in memory. */
  count: number;
  /** How many bytes they may take together. */
  bytes: number;
}

export interface Eviction {
  /** What to give up now. */
  evict: string[];
  /** Whether something in use must end before there is room. */
  wait: boolean;
}

function fits(loaded: readonly Loaded[], bytes: number, room: Room): boolean {
  const taken = loaded.reduce((sum, one) => sum + one.bytes, bytes);
  return loaded.length < room.count && taken <= room.bytes;
}

/**
 * Which of the loaded models to give up so that one more has room: no more than it takes, those not in
 * use, the least recently used first. A model that is too big for the room gets all of it for itself.
 * @param loaded the least recently used first.
 */
export function toEvict(
  loaded: readonly Loaded[],
  wanted: { key: string; bytes: number },
  room: Room,
): Eviction {
  if (loaded.some(({ key }) => key === wanted.key)) return { evict: [], wait: false };
  let left = [...loaded];
  const evict: string[] = [];
  for (const { key, busy } of loaded) {
    if (fits(left, wanted.bytes, room)) break;
    if (busy) continue;
    evict.push(key);
    left = left.filter((one) => one.key !== key);
  }
  return { evict, wait: left.some(({ busy }) => busy) && !fits(left, wanted.bytes, room) };
}
