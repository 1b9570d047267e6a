import type { Kind, Values } from './parameters.js';

/** A request to be written as a program. */
export interface MadeRequest {
  /** Address of the server. */
  origin: string;
  kind: Kind;
  body: Values;
}

/** Stands for a key that the reader makes under "My account". */
export const KEY_PLACEHOLDER = 'YOUR_API_KEY';

/** In single quotes of a shell, in which nothing has a meaning but the quote itself. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** JSON is JavaScript; two separators of lines were not always. */
function javaScript(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** A literal of Python: JSON but for the names of truth. */
function python(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return 'None';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value as object).map(
      ([name, one]) => `    ${JSON.stringify(name)}: ${python(one)},\n`,
    );
    return `{\n${entries.join('')}}`;
  }
  return JSON.stringify(value);
}

/** A script for a shell with curl: asks for the pictures, waits, and saves them. */
export function asCurl({ origin, kind, body }: MadeRequest): string {
  return `KEY=${shell(KEY_PLACEHOLDER)}
SERVER=${shell(origin)}

ID=$(curl -sS --fail-with-body "$SERVER/api/generate/${kind}" \\
  -H "X-API-Key: $KEY" \\
  -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify(body))} |
  sed -E 's/.*"request_id":"([^"]+)".*/\\1/')

while true; do
  JOB=$(curl -sS --fail-with-body "$SERVER/api/queue/job/$ID" -H "X-API-Key: $KEY") || exit 1
  case $JOB in
    *'"status":"completed"'*) break ;;
    *'"status":"failed"'* | *'"status":"cancelled"'*) echo "$JOB" >&2; exit 1 ;;
  esac
  sleep 1
done

echo "$JOB" | grep -oE '"url":"[^"]+"' | cut -d '"' -f 4 | while read -r URL; do
  curl -sS --fail-with-body "$SERVER$URL" -H "X-API-Key: $KEY" -o "$(basename "$URL")"
done
`;
}

/** A program for Python 3 without packages. */
export function asPython({ origin, kind, body }: MadeRequest): string {
  return `import json
import time
from urllib.request import Request, urlopen

KEY = ${python(KEY_PLACEHOLDER)}
SERVER = ${python(origin)}


def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
    with urlopen(Request(SERVER + path, data, headers)) as answer:
        return answer.read()


request = ${python(body)}
job_id = json.loads(call("/api/generate/${kind}", request))["request_id"]

while True:
    job = json.loads(call(f"/api/queue/job/{job_id}"))["job"]
    if job["status"] not in ("queued", "processing"):
        break
    time.sleep(1)

if job["status"] != "completed":
    raise SystemExit(f"The job {job['status']}: {job['error']}")

for output in job["outputs"]:
    with open(output["filename"], "wb") as file:
        file.write(call(output["url"]))
`;
}

/** A module for Node.js 18 or newer. */
export function asJavaScript({ origin, kind, body }: MadeRequest): string {
  return `import { writeFile } from 'node:fs/promises';

const KEY = '${KEY_PLACEHOLDER}';
const SERVER = ${javaScript(origin)};

async function call(path, body) {
  const answer = await fetch(SERVER + path, {
    method: body ? 'POST' : 'GET',
    headers: { 'X-API-Key': KEY, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

const request = ${javaScript(body)};
const { request_id: id } = await (await call('/api/generate/${kind}', request)).json();

let job;
do {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  ({ job } = await (await call(\`/api/queue/job/\${id}\`)).json());
} while (['queued', 'processing'].includes(job.status));

if (job.status !== 'completed') throw new Error(\`The job \${job.status}: \${job.error?.message}\`);

for (const { filename, url } of job.outputs) {
  await writeFile(filename, new Uint8Array(await (await call(url)).arrayBuffer()));
}
`;
}
