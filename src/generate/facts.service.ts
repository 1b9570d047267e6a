import { fewProblems } from '../common/index.js';
import { Injectable } from '@nestjs/common';
import type { FieldProblem } from '../common/index.js';
import { checkOption } from './check-option.js';
import { GenerateService } from './generate.service.js';
import {
  OPTION_GROUPS,
  optionsOf,
  type GenerationKind,
  type GenerationOption,
} from './options/index.js';
import { documented, factsOf, type ParameterFacts } from './parameter-facts.js';
import { problemsTogether, readOptions } from './read-options.js';

export interface Validation {
  valid: boolean;
  errors: FieldProblem[];
  /** The request as it could be: out of bounds brought to the bound, what cannot be saved left out. */
  corrected: Record<string, unknown>;
}

/** Tells what can be asked for. */
@Injectable()
export class FactsService {
  constructor(private readonly generate: GenerateService) {}

  async samplers(): Promise<string[]> {
    return documented((await this.generate.context()).facts.samplers);
  }

  async schedulers(): Promise<string[]> {
    return documented((await this.generate.context()).facts.schedulers);
  }

  async parameters(): Promise<Record<string, ParameterFacts>> {
    const context = await this.generate.context();
    const known = Object.entries(OPTION_GROUPS).flatMap(([group, table]) =>
      Object.entries(table).map(
        ([name, option]) => [name, factsOf(group, name, option, context)] as const,
      ),
    );
    return Object.fromEntries(known);
  }

  async validate(kind: GenerationKind, body: Record<string, unknown>): Promise<Validation> {
    const context = await this.generate.context();
    const { given, problems } = readOptions(kind, body, context);
    const errors = fewProblems([...problems, ...problemsTogether(kind, given)]);
    const corrected: Record<string, unknown> = { ...given };
    for (const [name, option] of Object.entries(optionsOf(kind))) {
      if (name in given || !(name in body)) continue;
      const better = correct(option, body[name]);
      if (better !== undefined && 'value' in checkOption(option, better, context))
        corrected[name] = better;
    }
    return { valid: errors.length === 0, errors, corrected };
  }
}

/** The nearest value that is allowed; undefined where there is no telling what was meant. */
function correct(option: GenerationOption, value: unknown): unknown {
  if (option.type === 'seed') return 'random';
  if (option.type === 'boolean')
    return ['true', '1', 1].includes(value as string) ? true : undefined;
  if (option.type !== 'integer' && option.type !== 'number') return undefined;
  const number = Number(value);
  if (Number.isNaN(number) || typeof value === 'boolean') return option.default;
  const { min, max, multipleOf = option.type === 'integer' ? 1 : 0 } = option;
  const bounded = Math.min(Math.max(number, min), max);
  return multipleOf ? Math.round(bounded / multipleOf) * multipleOf : bounded;
}
