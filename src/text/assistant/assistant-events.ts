import type { AppError } from '../../common/index.js';
import type { TextTrouble } from '../text.errors.js';

/** Something that the assistant would do, which only the user, or their user interface, can. */
export interface AssistantAction {
  type: string;
  parameters: Record<string, unknown>;
  /** Whether the user must be asked before: it costs, changes or destroys something. */
  confirm: boolean;
}

/** Something that the assistant looked up, or tried to. */
export interface ToolCallRecord {
  name: string;
  parameters: Record<string, unknown>;
  /** What came of it, cut where it was long; `{error}` where it failed. */
  result: unknown;
  /** False where it was refused. */
  executedOnBackend: boolean;
}

export interface AssistantReply {
  message: string;
  thinking: string;
  actions: AssistantAction[];
  toolCalls: ToolCallRecord[];
}

/** What becomes of a question, as it comes; the last one is `done` or `error`. */
export type AssistantEvent =
  | { type: 'content'; content: string }
  | { type: 'thinking'; content: string }
  | { type: 'tool_call'; call: ToolCallRecord }
  | { type: 'done'; reply: AssistantReply }
  | { type: 'error'; error: AppError; category: TextTrouble };
