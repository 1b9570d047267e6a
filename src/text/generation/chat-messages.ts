import type { TextMessage } from '../../engine/index.js';

/**
 * Messages as every template takes them: what the system says in one message at the beginning, and no two
 * messages of the user one after the other.
 */
export function orderedMessages(messages: readonly TextMessage[]): TextMessage[] {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const ordered: TextMessage[] = [];
  if (system.length > 0) ordered.push({ role: 'system', content: system.join('\n\n') });
  for (const message of messages) {
    if (message.role === 'system') continue;
    const last = ordered.at(-1);
    if (message.role === 'user' && last?.role === 'user')
      ordered.splice(-1, 1, { role: 'user', content: `${last.content}\n\n${message.content}` });
    else ordered.push(message);
  }
  return ordered;
}
