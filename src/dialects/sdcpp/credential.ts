import type { IncomingMessage } from 'node:http';

/** The cookie of a person who has signed in. */
export const COOKIE = 'sdcpp_auth';

/** The value of a cookie; undefined where it is not sent. */
function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found && found.length > name.length + 1 ? found.slice(name.length + 1) : undefined;
}

/** The cookie of the web UI stands for a bearer token, where nothing else is shown. */
export function showSdcppCredential(request: IncomingMessage): void {
  const { headers } = request;
  const token = cookieOf(request, COOKIE);
  if (token === undefined || headers.authorization || headers['x-api-key']) return;
  headers.authorization = `Bearer ${token}`;
}
