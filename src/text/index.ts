export type {
  AssistantAction,
  AssistantEvent,
  AssistantReply,
  ToolCallRecord,
} from './assistant/assistant-events.js';
export type { AssistantRecord } from './assistant/assistant-history.js';
export { AssistantService, MESSAGE_LENGTH } from './assistant/assistant.service.js';
export type { TextModelFacts } from './chat/chat-port.js';
export { EnhanceService, type PromptRecord } from './prompts/enhance.service.js';
export { ExpandService, VARIATIONS_LIMIT } from './prompts/expand.service.js';
export {
  PromptEntryNotFoundError,
  TEXT_ERRORS,
  TextError,
  type TextTrouble,
} from './text.errors.js';
export { TextModule } from './text.module.js';
export {
  TextSettings,
  type TextSettingsChanges,
  type TextSettingsView,
  type TextUse,
} from './text-settings.js';
export { TextStatus, type TextState } from './text-status.js';
export type {
  AnswerFormat,
  ChatInput,
  CompletionEvent,
  CompletionInput,
  CompletionRequest,
  CompletionUsage,
  EmbeddingsResult,
  EndReason,
  TextModelView,
  ToolChoice,
} from './generation/completion.js';
export { COMPLETION_BOUNDS } from './generation/completion-check.js';
export {
  NoTextModelError,
  TextModelNotFoundError,
  TextQueueFullError,
} from './generation/generation.errors.js';
export { LocalTextModels } from './generation/local-models.js';
export { TextCompletions } from './generation/text-completions.js';
export { TextResidency, type TextLoadChoice } from './generation/text-residency.js';
export { SchemaUnsupportedError } from './schema/schema-errors.js';
