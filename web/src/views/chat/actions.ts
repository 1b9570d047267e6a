import type { ActionDto } from '../../api/generated/types.gen.js';

type Parameters = ActionDto['parameters'];

/** What an action is called, and what it concerns. */
export interface ActionText {
  title: string;
  detail: string;
  /** What its button says. */
  button: string;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(', ');
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

interface Known {
  title: string;
  button: string;
  /** The parameters that say what it concerns. */
  about: readonly string[];
}

/** The actions that this dashboard can carry out; the others concern forms of other user interfaces. */
const KNOWN: Readonly<Record<string, Known>> = {
  navigate: { title: 'Open a view', button: 'Open', about: ['view'] },
  refresh_models: { title: 'Look for models again', button: 'Look', about: [] },
  load_model: { title: 'Load a model', button: 'Load', about: ['model_name'] },
  unload_model: { title: 'Unload the model', button: 'Unload', about: [] },
  load_upscaler: { title: 'Load an upscaler', button: 'Load', about: ['model_name'] },
  unload_upscaler: { title: 'Unload the upscaler', button: 'Unload', about: [] },
  generate: { title: 'Draw a picture', button: 'Draw', about: ['prompt'] },
  cancel_job: { title: 'Cancel a job', button: 'Cancel it', about: ['job_id'] },
  delete_jobs: { title: 'Delete jobs and their pictures', button: 'Delete', about: ['job_ids'] },
  download_model: {
    title: 'Download a model',
    button: 'Download',
    about: ['url', 'model_id', 'repo_id', 'filename'],
  },
  convert_model: {
    title: 'Convert a model',
    button: 'Convert',
    about: ['model_name', 'output_type'],
  },
};

export function isKnown({ type, parameters }: ActionDto): boolean {
  if (type === 'generate') return (parameters['type'] ?? 'txt2img') === 'txt2img';
  return Object.hasOwn(KNOWN, type);
}

/** An action in words; one that is not known by its own name. */
export function actionText({ type, parameters }: ActionDto): ActionText {
  const known = Object.hasOwn(KNOWN, type) ? KNOWN[type] : undefined;
  const about = known?.about ?? Object.keys(parameters);
  return {
    title: known?.title ?? type.replaceAll('_', ' '),
    button: known?.button ?? '',
    detail: about
      .map((name) => text(parameters[name]))
      .filter(Boolean)
      .join(' · '),
  };
}

/** What an action would do besides what its title says, line by line for a question. */
export function questionText(action: ActionDto): string {
  const { parameters } = action;
  const said = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== '' && value !== null)
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${text(value)}`);
  return said.length > 0 ? said.join('; ') : 'The assistant proposes this.';
}

/** Views of other user interfaces by the addresses of ours. */
const VIEWS: Readonly<Record<string, string>> = {
  generate: '/create',
  create: '/create',
  upscale: '/create',
  gallery: '/gallery',
  queue: '/queue',
  models: '/models',
  dashboard: '/system',
  system: '/system',
  settings: '/account',
};

export function addressOf(view: unknown): string | undefined {
  return typeof view === 'string' ? VIEWS[view.toLowerCase()] : undefined;
}

/** A proposal to choose among answers. */
export interface Choice {
  question: string;
  options: string[];
}

export function choiceOf({ type, parameters }: ActionDto): Choice | undefined {
  const { question, options } = parameters as Partial<Choice>;
  if (type !== 'ask_user' || !Array.isArray(options)) return undefined;
  return { question: text(question), options: options.map(text) };
}

/** What the API calls some parameters of a drawing. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  distilled_guidance: 'guidance',
  sampler: 'sampling_method',
};

/** The parameters of a drawing in the words of the API; what only other user interfaces know is left out. */
export function drawingOf(parameters: Parameters, options: readonly string[]): Parameters {
  return Object.fromEntries(
    Object.entries(parameters)
      .map(([name, value]) => [OPTION_NAMES[name] ?? name, value] as const)
      .filter(([name]) => options.includes(name)),
  );
}
