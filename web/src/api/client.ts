import { credentialHeaders } from './credential.js';
import { toApiError } from './errors.js';
import { exchangesDone } from './exchange.js';
import { client } from './generated/client.gen.js';

let lost: () => void = () => undefined;

/** What to do when the server no longer believes our credential. */
export function onCredentialLost(action: () => void): void {
  lost = action;
}

const EXCHANGE = '/api/auth/refresh';

function show(request: Request): Request {
  for (const [name, value] of Object.entries(credentialHeaders())) request.headers.set(name, value);
  return request;
}

function showsNewest(request: Request): boolean {
  const newest = Object.entries(credentialHeaders());
  return newest.every(([name, value]) => request.headers.get(name) === value);
}

/** A file is sent once: to keep it for another time may take more memory than there is. */
function canRepeat({ url, headers }: Request): boolean {
  const type = headers.get('content-type');
  return (type === null || type.includes('json')) && !url.endsWith(EXCHANGE);
}

/** Asks again where the token was exchanged for a newer one while the request was under way. */
async function fetchWithNewest(input: RequestInfo | URL): Promise<Response> {
  const request = new Request(input);
  const another = canRepeat(request) ? request.clone() : undefined;
  const answer = await fetch(request);
  if (answer.status !== 401 || !another) return answer;
  await exchangesDone();
  return showsNewest(another) ? answer : fetch(show(another));
}

client.setConfig({ baseUrl: window.location.origin, fetch: fetchWithNewest });

client.interceptors.request.use(show);

client.interceptors.error.use((error, response, request) => {
  const refused = toApiError(error, response?.status, response?.headers.get('Retry-After'));
  const isOurs = request !== undefined && !request.url.endsWith(EXCHANGE) && showsNewest(request);
  if (refused.code === 'AUTH_REQUIRED' && isOurs) lost();
  return refused;
});

export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
