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
