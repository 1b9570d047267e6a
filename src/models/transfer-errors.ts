import { EngineError } from '../engine/index.js';
import { AddressRefusedError } from '../files/index.js';
import { InvalidParametersError } from '../common/index.js';
import { SUBMISSION_ERRORS } from '../queue/index.js';
import {
  DamagedModelError,
  DiskFullError,
  ModelExistsError,
  ModelFileTooLargeError,
} from './fetch/fetch.errors.js';
import {
  AddressUnreachableError,
  FileNotAcceptedError,
  HubBusyError,
  HubNotFoundError,
  HubRefusedError,
  HubUnavailableError,
} from './hubs/hub.errors.js';
import { ModelFolderError, ModelNotFoundError } from './models.errors.js';

/** How a question to a hub may fail, for the description of every API that asks one. */
export const HUB_ERRORS = [
  new HubNotFoundError('Civitai has no model 123456.'),
  new HubRefusedError('Civitai does not give model 123456 to this server.'),
  new FileNotAcceptedError('Civitai has no weight file for this version of the model.'),
  new HubBusyError('Civitai', 30),
  new HubUnavailableError('Civitai', 'it took longer than 20 seconds'),
];

const NO_ROOM = new DiskFullError({ needed: 5e9, free: 2e9, reserve: 1e9 });

/** How a download may be refused. */
export const DOWNLOAD_ERRORS = [
  ...HUB_ERRORS,
  new AddressRefusedError(),
  new AddressUnreachableError('models.example.org', 'the connection failed'),
  new ModelExistsError('checkpoints/anime/model.safetensors'),
  new ModelFolderError('checkpoint'),
  new ModelFileTooLargeError(131_072),
  NO_ROOM,
  ...SUBMISSION_ERRORS,
];

/** How an upload may be refused. */
export const UPLOAD_ERRORS = [
  new InvalidParametersError('A model is uploaded as multipart/form-data.', 415),
  new ModelExistsError('loras/detail.safetensors'),
  new ModelFolderError('lora'),
  new ModelFileTooLargeError(131_072),
  NO_ROOM,
  new DamagedModelError('detail.safetensors', 'The file is too short.'),
];

/** How a conversion may be refused. */
export const CONVERSION_ERRORS = [
  new ModelNotFoundError('sd_xl', ['sd_xl_base_1.0.safetensors']),
  new ModelExistsError('checkpoints/sd_xl_base_1.0.q8_0.gguf'),
  new ModelFolderError('checkpoint'),
  NO_ROOM,
  new EngineError('unavailable', 'The image engine could not be started.'),
  ...SUBMISSION_ERRORS,
];
