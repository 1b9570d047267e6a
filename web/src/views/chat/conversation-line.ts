import type {
  ActionDto,
  AssistantMessageDto,
  ChatReplyDto,
  ToolCallDto,
} from '../../api/generated/types.gen.js';
import type { ServerEvent } from './server-events.js';

export interface Trouble {
  /** As the server tells them apart: `configuration`, `auth`, `timeout` and others. */
  category: string;
  message: string;
}

/** A question or an answer, as it is now. */
export interface Line {
  id: number;
  role: 'user' | 'assistant';
  content: string;
  thinking: string;
  tool_calls: ToolCallDto[];
  actions: ActionDto[];
  state: 'streaming' | 'done' | 'stopped' | 'failed';
  trouble?: Trouble;
}

let last = 0;

export function newLine(role: Line['role'], content = ''): Line {
  last += 1;
  const state = role === 'assistant' ? 'streaming' : 'done';
  return { id: last, role, content, thinking: '', tool_calls: [], actions: [], state };
}

export function lineOf({
  role,
  content,
  thinking,
  tool_calls,
  actions,
}: AssistantMessageDto): Line {
  return { ...newLine(role, content), thinking, tool_calls, actions, state: 'done' };
}

interface FailureEvent {
  error: { message: string };
  category: string;
}

/** The answer with what an event tells of it. */
export function withEvent(line: Line, { event, data }: ServerEvent): Line {
  const told: unknown = JSON.parse(data);
  switch (event) {
    case 'content':
      return { ...line, content: line.content + (told as { content: string }).content };
    case 'thinking':
      return { ...line, thinking: line.thinking + (told as { content: string }).content };
    case 'tool_call':
      return { ...line, tool_calls: [...line.tool_calls, told as ToolCallDto] };
    case 'done': {
      const { message, thinking, tool_calls, actions } = told as ChatReplyDto;
      return { ...line, content: message, thinking, tool_calls, actions, state: 'done' };
    }
    case 'error': {
      const { error, category } = told as FailureEvent;
      return { ...line, state: 'failed', trouble: { category, message: error.message } };
    }
    default:
      return line;
  }
}

/** Kinds of trouble that somebody who may change the settings can end. */
const IN_SETTINGS = ['configuration', 'auth', 'not_found', 'transport'];

/** What to do about it. */
export function adviceFor({ category }: Trouble, maySet: boolean): string {
  if (!IN_SETTINGS.includes(category)) return 'Your question is kept: try again.';
  return maySet
    ? 'Look at the settings, then try again.'
    : 'An administrator can mend this in the settings of the language model.';
}
