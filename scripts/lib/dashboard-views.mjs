/**
 * The views as somebody sees who has logged in, or (`outside`) has not, and what says that one is there.
 *
 * @type {{ name: string, path: string, outside?: boolean }[]}
 */
export const DASHBOARD_VIEWS = [
  { name: 'log-in', path: '/log-in', outside: true },
  { name: 'welcome', path: '/welcome', outside: true },
  { name: 'create', path: '/create' },
  { name: 'gallery', path: '/gallery' },
  { name: 'queue', path: '/queue' },
  { name: 'models', path: '/models' },
  { name: 'chat', path: '/chat' },
  { name: 'people', path: '/people' },
  { name: 'system', path: '/system' },
  { name: 'account', path: '/account' },
];

/**
 * A window in which somebody is logged in, or nobody where the view is outside. The welcome is shown as on a
 * first run, although the server has its password already.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} options
 * @param {typeof DASHBOARD_VIEWS[number]} view
 * @param {string} token
 */
export async function windowFor(browser, options, { name, outside }, token) {
  const context = await browser.newContext(options);
  const credential = JSON.stringify({ kind: 'token', value: token });
  if (!outside)
    await context.addInitScript(
      (value) => localStorage.setItem('atelier.credential', value),
      credential,
    );
  if (name === 'welcome')
    await context.route('**/api/auth/methods', (route) =>
      route.fulfill({ json: { methods: ['jwt', 'api-key'], welcome: true } }),
    );
  return context;
}
