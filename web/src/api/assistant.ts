import { useQuery } from '@pinia/colada';
import { assistantStatus, promptsStatus } from './client.js';
import { useSession } from './session.js';

/** How it stands with the language model of the assistant; nothing for who may not use it. */
export function useAssistantStatus() {
  const session = useSession();
  return useQuery({
    key: ['text', 'assistant'],
    query: () => assistantStatus(),
    enabled: () => session.can('text:use'),
  });
}

/** How it stands with the language model that makes prompts better. */
export function useEnhanceStatus() {
  const session = useSession();
  return useQuery({
    key: ['text', 'enhance'],
    query: () => promptsStatus(),
    enabled: () => session.can('text:use'),
  });
}
