import { createHash } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { messageOf } from '../common/index.js';
import { EngineError } from './engine.errors.js';
import { FAKE_FACTS } from './fake-facts.js';
import type {
  ConvertRequest,
  EngineFacts,
  EngineHealth,
  EngineWatch,
  ImageEngine,
  ImageRequest,
  ModelSpec,
  RawImage,
  VideoRequest,
} from './image-engine.js';

type Step = (request: ImageRequest | ConvertRequest, step: number) => Promise<void>;

/** A gate that a test opens when it has seen enough. */
interface Gate {
  wait(): Promise<void>;
  open: () => void;
}

function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait: () => opened, open };
}

function pixels(request: ImageRequest, seed: number): RawImage {
  const { width, height, prompt, negativePrompt, steps, cfgScale } = request;
  const recipe = JSON.stringify({ prompt, negativePrompt, width, height, steps, cfgScale, seed });
  const colour = createHash('sha256').update(recipe).digest().subarray(0, 3);
  return { width, height, channels: 3, data: Buffer.alloc(width * height * 3, colour) };
}

/** What the fake engine says it takes: a model, and so many bytes for each pixel. */
const FAKE_MEMORY = { model: 64_000_000, pixel: 1000 };

/** By how much the fake upscaler enlarges each side. */
const FAKE_FACTOR = 4;

function enlarge({ width, height, channels, data }: RawImage, factor: number): RawImage {
  const large = Buffer.alloc(width * factor * height * factor * channels);
  for (let y = 0; y < height * factor; y += 1) {
    for (let x = 0; x < width * factor; x += 1) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      data.copy(large, (y * width * factor + x) * channels, from, from + channels);
    }
  }
  return { width: width * factor, height: height * factor, channels, data: large };
}

async function unlessAborted(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  if (signal?.aborted) throw EngineError.cancelled();
  if (!signal) return work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(EngineError.cancelled());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * An engine without weights, held to the same contract as the real one: for the tests of everything
 * around the engine. The same request gives the same pixels, one flat colour drawn from the recipe.
 */
export class FakeEngine implements ImageEngine {
  /** Every request that reached the engine, in order. */
  readonly requests: ImageRequest[] = [];
  /** Every conversion that was asked for, in order. */
  readonly conversions: ConvertRequest[] = [];
  /** Every model that was loaded, in order. */
  readonly loads: ModelSpec[] = [];
  /** By key, the least recently used first. */
  private readonly ready = new Map<string, ModelSpec>();
  private hasDevice = false;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly step: Step,
    private readonly onLoad: (model: ModelSpec) => Promise<void> = async () => undefined,
  ) {}

  /** Draws at once. */
  static instant(): FakeEngine {
    return new FakeEngine(async () => undefined);
  }

  /** Takes so many milliseconds for each step. */
  static slow(stepMs: number): FakeEngine {
    return new FakeEngine(() => new Promise((resolve) => setTimeout(resolve, stepMs)));
  }

  /** Stops before the given step (1 is the first) of each picture until `open()` is called. */
  static blocking(step = 1): { engine: FakeEngine; open: () => void } {
    const door = gate();
    const engine = new FakeEngine((_request, at) => (at >= step ? door.wait() : Promise.resolve()));
    return { engine, open: door.open };
  }

  /** Fails each picture with this error. */
  static failing(error: EngineError): FakeEngine {
    return new FakeEngine(() => Promise.reject(error));
  }

  /** Dies under the first so many pictures, then works. */
  static crashing(times: number): FakeEngine {
    let left = times;
    const engine: FakeEngine = new FakeEngine(async () => {
      if (left === 0) return;
      left -= 1;
      engine.ready.clear();
      throw EngineError.crashed('SIGKILL');
    });
    return engine;
  }

  /** Draws at once, on a device of its own. */
  static onDevice(): FakeEngine {
    const engine = FakeEngine.instant();
    engine.hasDevice = true;
    return engine;
  }

  /** Cannot load any model. */
  static loadingFails(why: string): FakeEngine {
    return new FakeEngine(
      async () => undefined,
      (model) => Promise.reject(EngineError.loadFailed(model.name, why)),
    );
  }

  /** Loads no model until `open()` is called. */
  static loadingWaits(): { engine: FakeEngine; open: () => void } {
    const door = gate();
    const engine = new FakeEngine(
      async () => undefined,
      () => door.wait(),
    );
    return { engine, open: door.open };
  }

  async facts(): Promise<EngineFacts> {
    return FAKE_FACTS;
  }

  load(model: ModelSpec, watch: EngineWatch = {}): Promise<void> {
    return this.inTurn(async () => {
      if (this.touch(model.key)) return;
      await unlessAborted(watch.signal, this.onLoad(model));
      watch.onProgress?.({ phase: 'loading', step: 1, steps: 1 });
      this.loads.push(model);
      this.ready.set(model.key, model);
    });
  }

  async unload(key: string): Promise<void> {
    this.ready.delete(key);
  }

  async loaded(): Promise<string[]> {
    return [...this.ready.keys()];
  }

  generate(key: string, request: ImageRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.inTurn(async () => {
      const model = this.touch(key);
      if (!model || model.enlarges) throw EngineError.notLoaded(key);
      this.requests.push(request);
      const steps = request.steps * request.batchCount;
      for (let step = 1; step <= steps; step += 1) {
        await unlessAborted(watch.signal, this.step(request, step));
        watch.onProgress?.({ phase: 'sampling', step, steps });
        if (request.preview) watch.onPreview?.({ step, image: pixels(request, request.seed) });
      }
      const { width, height } = request;
      const bytes = FAKE_MEMORY.model + FAKE_MEMORY.pixel * width * height;
      watch.onMemory?.(
        this.hasDevice ? { ram: FAKE_MEMORY.model, device: bytes } : { ram: bytes, device: null },
      );
      return Array.from({ length: request.batchCount }, (_, index) =>
        pixels(request, request.seed + index),
      );
    });
  }

  health(): EngineHealth {
    return { pid: null, restarts: 0 };
  }

  /** The frames change from one to the next as the pictures of a batch do. */
  generateVideo(key: string, request: VideoRequest, watch: EngineWatch = {}): Promise<RawImage[]> {
    return this.generate(key, { ...request, batchCount: request.frames }, watch);
  }

  /** Four times the size, each pixel a square. */
  upscale(key: string, image: RawImage): Promise<RawImage> {
    return this.inTurn(async () => {
      if (!this.touch(key)?.enlarges) throw EngineError.notLoaded(key);
      return enlarge(image, FAKE_FACTOR);
    });
  }

  async canny(image: RawImage): Promise<RawImage> {
    return { ...image, data: Buffer.alloc(image.data.length) };
  }

  /** A copy: the types stay as they are. */
  convert(request: ConvertRequest, watch: EngineWatch = {}): Promise<void> {
    return this.inTurn(async () => {
      this.conversions.push(request);
      await unlessAborted(watch.signal, this.step(request, 1));
      await copyFile(request.inputPath, request.outputPath).catch((error: unknown) => {
        throw EngineError.convertFailed(messageOf(error));
      });
      watch.onProgress?.({ phase: 'loading', step: 1, steps: 1 });
    });
  }

  async close(): Promise<void> {
    this.ready.clear();
  }

  /** The model, marked as the one used last; undefined when it is not ready. */
  private touch(key: string): ModelSpec | undefined {
    const model = this.ready.get(key);
    if (!model) return undefined;
    this.ready.delete(key);
    this.ready.set(key, model);
    return model;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}
