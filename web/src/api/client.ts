import { credentialHeaders } from './credential.js';
import { toApiError } from './errors.js';
import { client } from './generated/client.gen.js';

let lost: () => void = () => undefined;

/** What to do when the server no longer believes our credential. */
export function onCredentialLost(action: () => void): void {
  lost = action;
}

client.setConfig({ baseUrl: window.location.origin });

client.interceptors.request.use((request) => {
  for (const [name, value] of Object.entries(credentialHeaders())) request.headers.set(name, value);
  return request;
});

client.interceptors.error.use((error, response, request) => {
  const refused = toApiError(error, response?.status);
  if (refused.status === 401 && !request?.url.endsWith('/api/auth/login')) lost();
  return refused;
});

export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
