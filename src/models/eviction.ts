/** What models are for: those of one group do not drive out the others by their number, only by their memory. */
export type ModelGroup = 'images' | 'upscalers' | 'texts';

/** A model in memory, as far as giving it up is concerned. */
export interface Loaded {
  key: string;
  bytes: number;
  group: ModelGroup;
  /** Somebody works with it. */
  busy: boolean;
}

/** What is to be loaded. */
export type Wanted = Omit<Loaded, 'busy'>;

export interface Room {
  /** How many models of each group may be in memory. */
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

function hasBytes(loaded: readonly Loaded[], wanted: Wanted, room: Room): boolean {
  return loaded.reduce((sum, { bytes }) => sum + bytes, wanted.bytes) <= room.bytes;
}

function fits(loaded: readonly Loaded[], wanted: Wanted, room: Room): boolean {
  const alike = loaded.filter(({ group }) => group === wanted.group);
  return alike.length < room.count && hasBytes(loaded, wanted, room);
}

/**
 * Which of the loaded models to give up so that one more has room: no more than it takes, those not in
 * use, the least recently used first. A model that is too big for the room gets all of it for itself.
 * A picture is often drawn and then enlarged: neither model drives out the other by its number, only by
 * the memory that it takes.
 * @param loaded the least recently used first.
 */
export function toEvict(loaded: readonly Loaded[], wanted: Wanted, room: Room): Eviction {
  if (loaded.some(({ key }) => key === wanted.key)) return { evict: [], wait: false };
  let left = [...loaded];
  const evict: string[] = [];
  for (const { key, busy, group } of loaded) {
    if (fits(left, wanted, room)) break;
    const helps = group === wanted.group || !hasBytes(left, wanted, room);
    if (busy || !helps) continue;
    evict.push(key);
    left = left.filter((one) => one.key !== key);
  }
  return { evict, wait: left.some(({ busy }) => busy) && !fits(left, wanted, room) };
}
