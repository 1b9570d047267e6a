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
