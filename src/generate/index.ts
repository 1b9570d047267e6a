export type { OptionContext } from './check-option.js';
export { ChoiceLoadingError, NothingChosenError } from './choices/choice-errors.js';
export type { ChoiceSlot, ModelChoice, WantedChoice } from './choices/choice.js';
export { LOAD_KIND, ModelChoices, usualFor } from './choices/model-choices.js';
export { FactsService } from './facts.service.js';
export { GenerateModule } from './generate.module.js';
export { GenerateService, type Submission } from './generate.service.js';
export type { OptionValue, OptionValues } from './generation-request.js';
export type { ImageSize } from './image-limits.js';
export {
  GENERATION_KINDS,
  OPTIONS,
  takes,
  type GenerationKind,
  type GenerationOption,
} from './options/index.js';
export { formParts, optionFromText, type FormPart } from './multipart-body.js';
export { optionsSchema } from './options-schema.js';
export {
  PREVIEW_MODES,
  PreviewPreferences,
  type PreviewMode,
  type PreviewWishes,
} from './preview-preferences.js';
export { promptVariants } from './prompt-variants.js';
export { UpscalerFactors } from './upscaler-factors.js';
