import { computed, reactive, ref, shallowRef, watch } from 'vue';
import {
  downloadsCivitai,
  downloadsDownload,
  downloadsHuggingFace,
  type DownloadModelDto,
} from '../../../api/client.js';
import { messageOf, toApiError, type ApiError } from '../../../api/errors.js';
import { MODEL_TYPES, type ModelType } from '../model-types.js';
import { civitaiIdOf, repoFileOf, type PullSource } from './pull-source.js';

/** What a hub says of a file. */
export interface Found {
  title: string;
  filename: string;
  /** Bytes. */
  size: number | null;
  facts: string[];
}

/** The form that gets a model from elsewhere: it looks first, then downloads. */
export function usePull() {
  const form = reactive({
    source: 'huggingface' as PullSource,
    repo_id: '',
    filename: '',
    revision: '',
    civitai: '',
    url: '',
    type: '' as ModelType | '',
    subfolder: '',
    save_as: '',
  });
  const found = shallowRef<Found>();
  const busy = ref(false);
  const failure = shallowRef<ApiError>();

  const place = computed<DownloadModelDto>(() => {
    if (form.source === 'url') return { source: 'url', url: form.url.trim() };
    if (form.source === 'civitai')
      return { source: 'civitai', model_id: civitaiIdOf(form.civitai) };
    const { repo_id, filename, revision } = form;
    return {
      source: 'huggingface',
      repo_id: repo_id.trim(),
      filename: filename.trim(),
      ...(revision.trim() && { revision: revision.trim() }),
    };
  });

  // What was found is not what is asked for now.
  watch(place, () => {
    found.value = undefined;
    failure.value = undefined;
  });
  watch(
    () => form.repo_id,
    (text) => Object.assign(form, repoFileOf(text)),
  );

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    busy.value = true;
    failure.value = undefined;
    try {
      return await work();
    } catch (error) {
      failure.value = toApiError(error);
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  async function askCivitai(id: string): Promise<Found> {
    const file = await downloadsCivitai({ path: { id } });
    const known = MODEL_TYPES.find((type) => type === file.type);
    if (known) form.type = known;
    return {
      title: `${file.name}, ${file.version_name}`,
      filename: file.filename,
      size: file.file_size,
      facts: [known ? '' : `Civitai calls it ${file.type}`, `for ${file.base_model}`],
    };
  }

  async function askHuggingFace({ repo_id, filename, revision }: DownloadModelDto): Promise<Found> {
    const file = await downloadsHuggingFace({
      query: { repo_id: repo_id ?? '', filename: filename ?? '', revision },
    });
    return {
      title: file.repo_id,
      filename: file.filename,
      size: file.file_size,
      facts: [file.commit ? `${file.revision}, ${file.commit.slice(0, 8)}` : file.revision],
    };
  }

  const lookUp = (): Promise<void> =>
    attempt(async () => {
      const { model_id: id } = place.value;
      found.value = id === undefined ? await askHuggingFace(place.value) : await askCivitai(id);
    }).then(() => undefined);

  /** @returns the name of what is being downloaded now; undefined where it was refused */
  async function download(): Promise<string | undefined> {
    const { type, subfolder, save_as } = form;
    const started = await attempt(() =>
      downloadsDownload({
        body: {
          ...place.value,
          ...(type && { model_type: type }),
          ...(subfolder.trim() && { subfolder: subfolder.trim() }),
          ...(save_as.trim() && { save_as: save_as.trim() }),
        },
      }),
    );
    return started?.filename;
  }

  return {
    form,
    found,
    busy,
    lookUp,
    download,
    problemOf: (field: string) => failure.value?.problemOf(field),
    problem: computed(() => (failure.value ? messageOf(failure.value) : '')),
  };
}
