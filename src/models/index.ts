export { ModelCatalog } from './model-catalog.js';
export type { WantedConversion } from './convert/conversion-request.js';
export { ModelConversion, type StartedConversion } from './convert/conversion.service.js';
export {
  DOWNLOAD_SOURCES,
  type DownloadSource,
  type WantedDownload,
} from './fetch/download-request.js';
export {
  ModelDownloads,
  type StartedDownload,
  type StartOptions,
} from './fetch/downloads.service.js';
export { DiskFullError, ModelExistsError, ModelFileTooLargeError } from './fetch/fetch.errors.js';
export type { CivitaiFile } from './hubs/civitai.js';
export {
  FileNotAcceptedError,
  HubBusyError,
  HubNotFoundError,
  HubRefusedError,
  HubUnavailableError,
} from './hubs/hub.errors.js';
export { Hubs } from './hubs/hubs.js';
export type { HuggingFaceFile, WantedHubFile } from './hubs/hugging-face.js';
export { IdleModels, MODEL_USES, type IdleSettings, type ModelUse } from './idle-models.js';
export { ModelPlaces } from './model-places.js';
export {
  DRAWABLE_TYPES,
  LOADABLE_TYPES,
  MODEL_TYPES,
  typeOfFolder,
  type ModelType,
} from './model-type.js';
export type { Model, RecommendedSettings } from './model.js';
export { ModelNotFoundError } from './models.errors.js';
export { ModelRegistry, type Refreshed } from './model-registry.js';
export { ModelsModule } from './models.module.js';
export { ModelsService } from './models.service.js';
export type { WantedModel, WayToLoad } from './load-spec.js';
export { Residency, type ReadyModel, type SharedResident } from './residency.js';
export { checkPlain, checkText, isWithin, namesOf, plain, range } from './loading/check-option.js';
export type { Checked } from './loading/check-option.js';
export { COMPONENTS } from './loading/components.js';
export { LOAD_OPTIONS } from './loading/load-options.js';
export type { ChoiceOption, Described, PlainOption, Table } from './loading/option.js';
export { typeSchema } from './loading/option-schema.js';
export { PartFinder, refusedPart } from './parts/part-finder.js';
export {
  CONVERSION_ERRORS,
  DOWNLOAD_ERRORS,
  HUB_ERRORS,
  UPLOAD_ERRORS,
} from './transfer-errors.js';
export { UPLOAD_FORM } from './upload/uploads.controller.js';
export { ModelUploads, type UploadedModel } from './upload/uploads.service.js';
