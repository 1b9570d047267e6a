import { createHash } from 'node:crypto';

/** Where a person goes who asked for no page: the document's own address of files. */
const HOME = '/output';

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif; }
form { display: grid; gap: 0.75rem; width: min(20rem, 90vw); }
label { display: grid; gap: 0.25rem; }
input, button { font: inherit; padding: 0.5rem; }
#problem { min-height: 1.5em; margin: 0; color: #c22; }
`;

const SCRIPT = `
const form = document.querySelector('form');
const problem = document.querySelector('#problem');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  form.inert = true;
  try {
    const answer = await fetch('auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const { message } = await answer.json();
    if (answer.ok) location.replace(form.dataset.to);
    else problem.textContent = message;
  } catch {
    problem.textContent = 'The server cannot be reached.';
  } finally {
    form.inert = false;
  }
});
`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Nothing but what the page brings itself, and the one request that it makes. */
export const SIGN_IN_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
}

/** The path as a browser would read it, if it leads to this very server; undefined for everything else. */
export function localPath(wanted: string): string | undefined {
  const here = 'http://here.invalid';
  if (!wanted.startsWith('/') || !URL.canParse(wanted, here)) return undefined;
  const { origin, pathname, search, hash } = new URL(wanted, here);
  if (origin !== here || pathname.startsWith('//')) return undefined;
  return `${pathname}${search}${hash}`;
}

/**
 * The page on which people sign in. It needs nothing from elsewhere.
 * @param base what stands before the paths of the dialect.
 */
export function signInPage(redirect: string | undefined, base: string): string {
  const to = localPath(redirect ?? '') ?? `${base}${HOME}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sign in</title>
    <link rel="icon" href="data:,">
    <style>${STYLE}</style>
  </head>
  <body>
    <form method="post" data-to="${escaped(to)}">
      <h1>Sign in</h1>
      <label>Name <input name="username" autocomplete="username" required autofocus></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <p id="problem" role="alert"></p>
      <button>Sign in</button>
      <noscript>Signing in needs JavaScript.</noscript>
    </form>
    <script>${SCRIPT}</script>
  </body>
</html>
`;
}
