import {
  addressRanges,
  boolean,
  hostNames,
  integer,
  list,
  oneOf,
  origins,
  Setting,
  text,
} from './setting.js';
import { AuthConfig } from './auth.config.js';
import { ConnectionsConfig } from './connections.config.js';
import { FilesConfig } from './files.config.js';
import { listeners, type ListenerPlan } from './listeners.js';
import { ImagesConfig } from './images.config.js';
import { HubsConfig } from './hubs.config.js';
import { ModelsConfig } from './models.config.js';
import { QueueConfig } from './queue.config.js';
import { StorageConfig } from './storage.config.js';
import { TextConfig } from './text.config.js';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

type LogLevel = (typeof LOG_LEVELS)[number];

/** Where the server listens. */
export class ServerConfig {
  @Setting({
    env: 'ATELIER_HOST',
    alias: ['STABLE_DIFFUSION_HOST'],
    parse: text,
    doc: 'Address to listen on. Choose 127.0.0.1 to be reached from this machine only.',
  })
  host = '0.0.0.0';

  @Setting({
    env: 'ATELIER_PORT',
    alias: ['STABLE_DIFFUSION_PORT'],
    parse: integer(0, 65_535),
    doc: 'TCP port to listen on; 0 takes a free one.',
  })
  port = 8080;

  @Setting({
    env: 'ATELIER_BODY_LIMIT_MB',
    parse: integer(1, 4096),
    doc: 'Largest accepted request body with images, in MiB; others may have 256 KiB, and 16 KiB where nobody has to sign in.',
  })
  bodyLimitMb = 32;

  @Setting({
    env: 'ATELIER_BYTES_IN_FLIGHT_MB',
    parse: integer(1, 65_536),
    doc: 'MiB of request bodies that are received at the same time, from all clients together; beyond it requests are refused with 503.',
  })
  bytesInFlightMb = 256;

  @Setting({
    env: 'ATELIER_BYTES_PER_ADDRESS_MB',
    parse: integer(1, 65_536),
    doc: 'MiB of request bodies that are received at the same time from one address (IPv4) or network (the /64 of IPv6).',
  })
  bytesPerAddressMb = 128;

  @Setting({
    env: 'ATELIER_DRAIN_SECONDS',
    parse: integer(0, 3600),
    doc: 'When told to stop, how many seconds the running job may take to finish before it is put back into the queue.',
  })
  drainSeconds = 5;

  @Setting({
    env: 'ATELIER_WATCHDOG_REPORT_SECONDS',
    parse: integer(0, 3600),
    doc: 'Seconds of standstill of the event loop, in which nobody is answered, after which what it does is logged; 0 for never.',
  })
  watchdogReportSeconds = 2;

  @Setting({
    env: 'ATELIER_WATCHDOG_END_SECONDS',
    parse: integer(0, 86_400),
    doc: 'Seconds of standstill of the event loop after which the process ends with the code 70, so that the supervisor of the service starts it again; 0 for never.',
  })
  watchdogEndSeconds = 30;

  @Setting({
    env: 'ATELIER_LOG_LEVEL',
    borrowed: 'RUST_LOG',
    parse: oneOf(...LOG_LEVELS),
    doc: 'How much is logged: debug, info, warn or error.',
  })
  logLevel: LogLevel = 'info';

  @Setting({
    env: 'ATELIER_VERBOSE',
    parse: boolean,
    doc: 'The same as the log level debug.',
  })
  verbose = false;

  @Setting({
    env: 'ATELIER_LOG_FORMAT',
    parse: oneOf('pretty', 'json'),
    doc: 'Log lines for people, or one JSON object a line for a collector.',
  })
  logFormat: 'pretty' | 'json' = 'pretty';

  @Setting({
    env: 'ATELIER_UNIX_SOCKET',
    parse: text,
    doc: 'Path of a Unix socket to listen on besides TCP. Whoever may enter its folder may connect.',
    shownDefault: 'none',
  })
  unixSocket = '';

  @Setting({
    env: 'ATELIER_TRUSTED_PROXIES',
    parse: addressRanges(),
    doc: 'Addresses of proxies in front of this server, or ranges such as 10.0.0.0/8, separated by commas. Their X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto headers are believed.',
    shownDefault: 'none',
  })
  trustedProxies: string[] = [];

  @Setting({
    env: 'ATELIER_REQUEST_LOG',
    parse: boolean,
    doc: 'Whether each answered request is a line in the log.',
  })
  requestLog = true;

  @Setting({
    env: 'ATELIER_LISTENERS',
    parse: listeners(),
    doc: 'Ports of their own for dialects, each at the root there: "mold:7680,sdcpp:8081", or a list of mappings with dialect, port, host and static (path, dir, fallback), as JSON or in the file.',
    shownDefault: 'none',
  })
  listeners: ListenerPlan[] = [];

  @Setting({
    env: 'ATELIER_CORS_ORIGINS',
    parse: origins(),
    doc: 'Origins, such as https://example.org, whose web pages may call this server from a browser, separated by commas. They send an API key or a token; cookies are not accepted from them.',
    shownDefault: 'none',
  })
  corsOrigins: string[] = [];

  @Setting({
    env: 'ATELIER_ALLOWED_HOSTS',
    parse: hostNames(),
    doc: 'Host names by which browsers may reach this server where it asks for no credential (the method none, or the Unix socket without trusted proxies), separated by commas; .example.org stands for every name below it. IP addresses, localhost, the name of this machine and ATELIER_HOST are always allowed.',
    shownDefault: 'no others',
  })
  allowedHosts: string[] = [];
}

/** The image engine. */
export class EngineConfig {
  @Setting({
    env: 'ATELIER_ENGINE_ISOLATION',
    parse: oneOf('process', 'inline'),
    doc: 'Where the engine runs: in a process of its own, whose crash fails one job, or inside the server, whose crash ends it.',
  })
  isolation: 'process' | 'inline' = 'process';

  @Setting({
    env: 'ATELIER_ENGINE_THREADS',
    parse: integer(0, 512),
    doc: 'Threads that compute; 0 takes one for each physical core.',
  })
  threads = 0;

  @Setting({
    env: 'ATELIER_ENGINE_STALL_SECONDS',
    parse: integer(1, 86_400),
    doc: 'Seconds without any sign of progress after which a running job is given up and the engine is restarted.',
  })
  stallSeconds = 300;

  @Setting({
    env: 'ATELIER_MODELS_KEPT',
    parse: integer(1, 64),
    doc: 'How many models stay loaded at once, upscalers counted for themselves; beyond it the least recently used one is unloaded.',
  })
  modelsKept = 2;
}

/** What may be asked of the engine. */
export class GenerateConfig {
  @Setting({
    env: 'ATELIER_DEFAULT_MODEL',
    parse: text,
    doc: 'Name or id of the model for requests that name none.',
  })
  defaultModel = 'tiny-emoji';

  @Setting({
    env: 'ATELIER_DEFAULT_MODEL_NAMES',
    parse: list(),
    doc: 'Names of models of other services that stand for the default model in APIs that follow those services.',
  })
  defaultModelNames = ['dall-e-2', 'dall-e-3', 'gpt-image-1', 'gpt-image-1-mini', 'gpt-image-1.5'];

  @Setting({
    env: 'ATELIER_DEFAULT_UPSCALER',
    parse: text,
    doc: 'Name or id of the upscaler for requests that need one and name none.',
  })
  defaultUpscaler = 'tiny-emoji-x4';

  @Setting({
    env: 'ATELIER_PROMPT_LIMIT',
    parse: integer(1, 20_000),
    doc: 'Longest accepted prompt, in characters.',
  })
  promptLimit = 4000;

  @Setting({
    env: 'ATELIER_PREVIEWS',
    parse: boolean,
    doc: 'Whether a picture in the making is shown to those who watch its job over a socket.',
  })
  previews = true;
}

/** Every config class, in the order of the manual, under its name in the config file. */
export const CONFIG_SECTIONS = {
  server: ServerConfig,
  connections: ConnectionsConfig,
  storage: StorageConfig,
  auth: AuthConfig,
  engine: EngineConfig,
  generate: GenerateConfig,
  images: ImagesConfig,
  models: ModelsConfig,
  queue: QueueConfig,
  files: FilesConfig,
  text: TextConfig,
  hubs: HubsConfig,
} as const;

export type ConfigSections = typeof CONFIG_SECTIONS;

/** The effective configuration of this process; does not change while it runs. */
export type Config = {
  readonly [Name in keyof ConfigSections]: Readonly<InstanceType<ConfigSections[Name]>>;
};
