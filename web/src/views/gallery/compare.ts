import type { JobDetails } from '../../api/generated/types.gen.js';
import { linesOf, textOption, type Line } from './recipe.js';
import type { Output } from './outputs.js';

/** A parameter in two recipes; an empty value stands for one that it does not have. */
export interface Difference {
  name: string;
  first: string;
  second: string;
}

export interface Made {
  job: JobDetails;
  output: Output;
}

/** What is told of every picture but says nothing of how it was made. */
const NO_PARAMETER = 'File';

function allLines({ job, output }: Made): Line[] {
  const prompts = [
    { name: 'Prompt', value: textOption(job, 'prompt') || job.prompt },
    { name: 'Negative prompt', value: textOption(job, 'negative_prompt') },
  ];
  return [...prompts, ...linesOf(job, output)].filter(({ name }) => name !== NO_PARAMETER);
}

/** Where two pictures were not made alike, in the order of their recipes. */
export function differencesOf(one: Made, other: Made): Difference[] {
  const first = new Map(allLines(one).map(({ name, value }) => [name, value]));
  const second = new Map(allLines(other).map(({ name, value }) => [name, value]));
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((name) => ({ name, first: first.get(name) ?? '', second: second.get(name) ?? '' }))
    .filter((line) => line.first !== line.second);
}
