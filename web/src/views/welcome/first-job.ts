import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { generateText2Img, modelsList, queueJob, type JobView } from '../../api/client.js';
import { messageOf } from '../../api/errors.js';
import { useLiveJobs, withNews } from '../../api/live-jobs.js';
import { useNews, useReconnect } from '../../api/live.js';

interface FirstJob {
  job: ComputedRef<JobView | undefined>;
  preview: ComputedRef<string | undefined>;
  /** Asked for, and not at its end. */
  busy: ComputedRef<boolean>;
  problem: Ref<string>;
  draw: (prompt: string) => Promise<void>;
}

const isOver = ({ status }: Pick<JobView, 'status'>): boolean =>
  status !== 'queued' && status !== 'processing';

/** Name of the model that comes with the server; without it the default model draws. */
async function embeddedModel(): Promise<string | undefined> {
  const { models } = await modelsList({ query: { type: 'diffusion' } });
  return models.find(({ embedded }) => embedded)?.name;
}

/** One picture by the embedded model, followed from its request to its end. */
export function useFirstJob(): FirstJob {
  const live = useLiveJobs();
  const known = ref<JobView>();
  const asking = ref(false);
  const problem = ref('');

  const job = computed(() => known.value && withNews(known.value, live.of(known.value.id)));

  async function look(id: string): Promise<void> {
    const { job: found } = await queueJob({ path: { id } });
    if (!known.value || known.value.id === id) known.value = found;
    if (found.status === 'failed') problem.value = found.error?.message ?? 'The picture failed.';
    if (found.status === 'cancelled') problem.value = 'The picture was cancelled.';
  }

  const lookAgain = (): void => {
    const id = known.value?.id;
    if (id && known.value && !isOver(known.value)) look(id).catch(() => undefined);
  };
  // The news of the end hold no outputs.
  useNews('job_update', (update) => {
    if (update.job_id === known.value?.id && isOver(update)) lookAgain();
  });
  useReconnect(lookAgain);

  async function draw(prompt: string): Promise<void> {
    asking.value = true;
    problem.value = '';
    known.value = undefined;
    try {
      const model = await embeddedModel();
      const { request_id: id } = await generateText2Img({
        body: { prompt, ...(model && { model_name: model }) },
      });
      await look(id);
    } catch (error) {
      problem.value = messageOf(error);
    } finally {
      asking.value = false;
    }
  }

  return {
    job,
    preview: computed(() => job.value && live.previewOf(job.value.id)),
    busy: computed(() => asking.value || (job.value !== undefined && !isOver(job.value))),
    problem,
    draw,
  };
}
