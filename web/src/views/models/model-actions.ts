import { ref } from 'vue';
import {
  modelsLoad,
  modelsRefresh,
  modelsRemove,
  modelsUnload,
  type ModelsLoadData,
  type ModelView,
} from '../../api/client.js';
import { ApiError, messageOf } from '../../api/errors.js';
import { count } from '../../lib/format.js';
import { useConfirm } from '../../ui/confirm.js';
import { toast } from '../../ui/toasts.js';
import { deletionText } from './model-text.js';

type Named = Pick<ModelView, 'id' | 'name'>;

/** What can be done to models; `changed` is called after each. Failures are told at the edge of the screen. */
export function useModelActions(changed: () => Promise<void>) {
  const confirm = useConfirm();
  /** Ids of the models that something is being done to. */
  const busy = ref(new Set<string>());
  const refreshing = ref(false);

  async function during<T>(id: string, work: () => Promise<T>): Promise<T> {
    busy.value = new Set([...busy.value, id]);
    try {
      return await work();
    } finally {
      busy.value = new Set([...busy.value].filter((one) => one !== id));
      await changed();
    }
  }

  function told(work: Promise<unknown>): Promise<void> {
    return work.then(
      () => undefined,
      (error: unknown) => toast(messageOf(error), { kind: 'bad' }),
    );
  }

  /** @throws ApiError naming the options that are wrong. */
  async function loadWith({ id, name }: Named, body: ModelsLoadData['body']): Promise<void> {
    await during(id, () => modelsLoad({ path: { modelId: id }, body }));
    toast(`${name} is loaded`, { kind: 'good' });
  }

  const load = (model: Named): Promise<void> => told(loadWith(model, {}));

  const unload = ({ id }: Named): Promise<void> =>
    told(during(id, () => modelsUnload({ path: { modelId: id } })));

  /** The server is asked twice: first it says which files would go, or why none may. */
  async function questionFor({ id }: Named): Promise<string> {
    try {
      await modelsRemove({ path: { modelId: id } });
      return '';
    } catch (error) {
      if (error instanceof ApiError && error.code === 'CONFIRMATION_REQUIRED')
        return deletionText(error.message);
      throw error;
    }
  }

  async function removeAsked(model: Named): Promise<void> {
    const text = await questionFor(model);
    const question = { title: `Delete ${model.name}?`, text, action: 'Delete', danger: true };
    if (!(await confirm(question))) return;
    const path = { modelId: model.id };
    await during(model.id, () => modelsRemove({ path, query: { confirm: true } }));
    toast(`${model.name} was deleted`, { kind: 'good' });
  }

  const remove = (model: Named): Promise<void> => told(removeAsked(model));

  async function refresh(): Promise<void> {
    refreshing.value = true;
    await told(
      modelsRefresh().then(({ models_found, models_updated }) =>
        toast(`${count(models_found, 'model')}, ${models_updated} of them new or changed`),
      ),
    );
    refreshing.value = false;
    await changed();
  }

  return { busy, refreshing, load, loadWith, unload, remove, refresh };
}

export type ModelActions = ReturnType<typeof useModelActions>;
