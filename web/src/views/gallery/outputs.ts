import type { JobDetails, ListedOutputDto } from '../../api/generated/types.gen.js';

export type Output = ListedOutputDto;

/** What tells one output from all others, also in an address. */
export function keyOf({ job_id, filename }: Pick<Output, 'job_id' | 'filename'>): string {
  return `${job_id}/${filename}`;
}

/** The job and the file that a key names. */
export function placeOfKey(key: string): { job_id: string; filename: string } {
  const slash = key.indexOf('/');
  return { job_id: key.slice(0, slash), filename: key.slice(slash + 1) };
}

export function isVideo({ content_type }: { content_type: string }): boolean {
  return content_type.startsWith('video/');
}

/** The output as a list shows it, made from its job; undefined where the job has no such file. */
export function outputOf(job: JobDetails, filename: string): Output | undefined {
  const file = job.outputs.find((output) => output.filename === filename);
  return (
    file && {
      ...file,
      job_id: job.id,
      kind: job.kind,
      prompt: job.prompt,
      label: job.label,
      model: job.model,
      queued_time: job.queued_time,
      job_outputs: job.outputs.length,
      owner: job.owner,
    }
  );
}

const KINDS: Record<string, string> = {
  text2img: 'From text',
  img2img: 'From a picture',
  inpainting: 'Inpainted',
  controlnet: 'With ControlNet',
  upscale: 'Upscaled',
  text2video: 'Video',
};

export function kindName(kind: string): string {
  return KINDS[kind] ?? kind;
}

/** Longest name of a picture, in characters. */
const NAME_LENGTH = 120;

/** What a picture is called: the beginning of its prompt. */
export function nameOf({ label, prompt, kind }: Pick<Output, 'label' | 'prompt' | 'kind'>): string {
  const text = (label ?? prompt).trim() || kindName(kind);
  return text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH)}…` : text;
}

/** A name for a file in somebody's downloads: words of the prompt, the seed or the job, and its ending. */
export function downloadName(output: Output): string {
  const words = nameOf(output)
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('-')
    .slice(0, 60)
    .replace(/-$/, '');
  const { seed, job_id, filename } = output;
  const ending = filename.slice(filename.lastIndexOf('.'));
  return `${words || output.kind}-${seed ?? job_id.slice(0, 8)}${ending}`;
}
