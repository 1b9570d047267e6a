import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { useSession, type Permission } from './api/session.js';
import { messageOf } from './api/errors.js';
import { safeTarget } from './lib/safe-target.js';

declare module 'vue-router' {
  interface RouteMeta {
    title: string;
    /** What a user must hold to see the view; without it the view does not exist for them. */
    permission?: Permission;
    /** Shown to whoever has not logged in, and without the frame. */
    outside?: true;
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/create' },
  {
    path: '/log-in',
    component: () => import('./views/log-in/LogInView.vue'),
    meta: { title: 'Log in', outside: true },
  },
  {
    path: '/welcome',
    component: () => import('./views/welcome/WelcomeView.vue'),
    meta: { title: 'Welcome', outside: true },
  },
  {
    path: '/create',
    component: () => import('./views/create/CreateView.vue'),
    meta: { title: 'Create', permission: 'job:create' },
  },
  {
    path: '/gallery',
    component: () => import('./views/gallery/GalleryView.vue'),
    meta: { title: 'Gallery', permission: 'job:read' },
  },
  {
    path: '/queue',
    component: () => import('./views/queue/QueueView.vue'),
    meta: { title: 'Queue', permission: 'job:read' },
  },
  {
    path: '/models',
    component: () => import('./views/models/ModelsView.vue'),
    meta: { title: 'Models', permission: 'model:manage' },
  },
  {
    path: '/chat',
    component: () => import('./views/chat/ChatView.vue'),
    meta: { title: 'Chat', permission: 'text:use' },
  },
  {
    path: '/people',
    component: () => import('./views/people/PeopleView.vue'),
    meta: { title: 'People', permission: 'user:manage' },
  },
  {
    path: '/system',
    component: () => import('./views/system/SystemView.vue'),
    meta: { title: 'System', permission: 'system:manage' },
  },
  {
    path: '/account',
    component: () => import('./views/account/AccountView.vue'),
    meta: { title: 'My account', permission: 'account:read' },
  },
  {
    path: '/:path(.*)*',
    component: () => import('./views/NotFoundView.vue'),
    meta: { title: 'Not found' },
  },
];

export const router = createRouter({ history: createWebHistory(), routes });

router.beforeEach(async (to) => {
  const session = useSession();
  try {
    await session.restore();
  } catch (error) {
    return to.path === '/log-in'
      ? true
      : { path: '/log-in', query: { to: to.fullPath, why: messageOf(error) } };
  }
  const hasCredential = session.loggedIn && (session.way === 'token' || session.way === 'key');
  if (to.path === '/log-in' && hasCredential) return safeTarget(to.query['to']) ?? '/';
  if (to.meta.outside || session.loggedIn) return true;
  return { path: '/log-in', query: to.fullPath === '/create' ? {} : { to: to.fullPath } };
});

router.afterEach((to) => {
  document.title = `${to.meta.title} · Atelier`;
});
