import {
  Box,
  ChartSpline,
  Images,
  ListOrdered,
  MessagesSquare,
  Users,
  WandSparkles,
} from '@lucide/vue';
import type { Component } from 'vue';
import type { Permission } from '../api/session.js';

export interface Place {
  path: string;
  title: string;
  icon: Component;
  permission: Permission;
  /** Shown only where a language model is configured. */
  needsAssistant?: true;
}

export const PLACES: readonly Place[] = [
  { path: '/create', title: 'Create', icon: WandSparkles, permission: 'job:create' },
  { path: '/gallery', title: 'Gallery', icon: Images, permission: 'job:read' },
  { path: '/queue', title: 'Queue', icon: ListOrdered, permission: 'job:read' },
  { path: '/models', title: 'Models', icon: Box, permission: 'model:manage' },
  {
    path: '/chat',
    title: 'Chat',
    icon: MessagesSquare,
    permission: 'text:use',
    needsAssistant: true,
  },
  { path: '/people', title: 'People', icon: Users, permission: 'user:manage' },
  { path: '/system', title: 'System', icon: ChartSpline, permission: 'system:manage' },
];
