import { Injectable, Logger } from '@nestjs/common';
import { can, InsufficientPermissionsError, type Principal } from '../../auth/index.js';
import { AppError } from '../../common/index.js';
import { bounded } from '../bounded-json.js';
import type { ToolCall, ToolOffer } from '../chat/chat-port.js';
import type { AssistantAction, ToolCallRecord } from './assistant-events.js';
import { BackendTools } from './backend-tools.js';
import type { GivenArguments } from './tool-arguments.js';
import { UI_ACTIONS, type UiAction } from './ui-actions.js';

/** Characters of what came of a call, as JSON. */
export const RESULT_LENGTH = 6000;

/** Characters of the parameters of an action, as JSON. */
const PARAMETERS_LENGTH = 20_000;

/** What became of a call: looked up here, or left to the user. */
export type Outcome =
  | { kind: 'looked_up'; record: ToolCallRecord }
  | { kind: 'proposed'; action: AssistantAction };

function offerOf(name: string, { description, parameters, required = [], confirm }: UiAction) {
  const properties = Object.fromEntries(Object.entries(parameters));
  return {
    name,
    description: confirm ? `${description} The user is asked before.` : description,
    parameters: { type: 'object', properties, required: [...required] },
  };
}

/** What the assistant can do for a caller: look things up here, and propose to the user what to do. */
@Injectable()
export class Toolbox {
  private readonly logger = new Logger(Toolbox.name);

  constructor(private readonly backend: BackendTools) {}

  /** Whether a language model that names this means a tool. */
  knows(name: string): boolean {
    return Object.hasOwn(UI_ACTIONS, name) || this.backend.all.some((tool) => tool.name === name);
  }

  /** What this caller may do; nothing else is even offered. */
  offers(caller: Principal): ToolOffer[] {
    const tools = this.backend.all
      .filter(({ needs }) => can(caller, needs))
      .map(({ name, description, parameters }) => ({ name, description, parameters }));
    const actions = Object.entries(UI_ACTIONS)
      .filter(([, { needs }]) => needs === undefined || can(caller, needs))
      .map(([name, action]) => offerOf(name, action));
    return [...tools, ...actions];
  }

  /** Does what a language model asks for, with the caller's permissions and no others. Throws nothing. */
  async handle(caller: Principal, call: ToolCall, situation: GivenArguments): Promise<Outcome> {
    const action = Object.hasOwn(UI_ACTIONS, call.name) ? UI_ACTIONS[call.name] : undefined;
    if (action) return this.propose(caller, call, action);
    const { name, arguments: parameters } = call;
    const tool = this.backend.all.find((one) => one.name === name);
    if (!tool) return refused(call, `There is no tool "${name.slice(0, 64)}".`);
    if (!can(caller, tool.needs)) return refused(call, missing(tool.needs, caller));
    try {
      const result = bounded(await tool.run(caller, parameters, situation), RESULT_LENGTH);
      return {
        kind: 'looked_up',
        record: { name, parameters: shortened(parameters), result, executedOnBackend: true },
      };
    } catch (error) {
      if (error instanceof AppError) return refused(call, error.message);
      this.logger.error(`The tool ${name} failed`, error instanceof Error ? error.stack : error);
      return refused(call, 'This failed through no fault of the user.');
    }
  }

  private propose(caller: Principal, call: ToolCall, action: UiAction): Outcome {
    const { needs, required = [], confirm = false } = action;
    if (needs !== undefined && !can(caller, needs)) return refused(call, missing(needs, caller));
    // What is not declared is dropped: the user interface might act on it.
    const parameters = Object.fromEntries(
      Object.entries(call.arguments).filter(([name]) => Object.hasOwn(action.parameters, name)),
    );
    const lacking = required.filter((name) => parameters[name] === undefined);
    if (lacking.length > 0) return refused(call, `Missing: ${lacking.join(', ')}.`);
    if (JSON.stringify(parameters).length > PARAMETERS_LENGTH)
      return refused(call, 'The parameters are too long.');
    return { kind: 'proposed', action: { type: call.name, parameters, confirm } };
  }
}

function missing(permission: Parameters<typeof can>[1], { via }: Principal): string {
  return new InsufficientPermissionsError(permission, via).message;
}

function shortened(parameters: Record<string, unknown>): Record<string, unknown> {
  const short = bounded(parameters, RESULT_LENGTH);
  return typeof short === 'object' ? (short as Record<string, unknown>) : {};
}

function refused({ name, arguments: parameters }: ToolCall, error: string): Outcome {
  return {
    kind: 'looked_up',
    record: {
      name: name.slice(0, 64),
      parameters: shortened(parameters),
      result: { error },
      executedOnBackend: false,
    },
  };
}
