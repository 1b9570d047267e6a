import type { Access } from './access.js';
import type { Permission } from './permissions.js';
import { can, type Principal } from './principal.js';

/** What can be done to a job. */
export const JOB_OPERATIONS = ['create', 'read', 'cancel', 'retry', 'delete'] as const;

export type JobOperation = (typeof JOB_OPERATIONS)[number];

/** The permission that each operation on a job of one kind needs, besides that of the route. */
export type JobPermissions = Readonly<Record<JobOperation, Permission>>;

/** Families of kinds of jobs; each kind belongs to one, which its handler names. */
export const JOB_PERMISSIONS = {
  /** Images, videos, and the models that are loaded for them. */
  generation: {
    create: 'job:create',
    read: 'job:read',
    cancel: 'job:cancel',
    retry: 'job:create',
    delete: 'job:delete',
  },
  /** What changes the models on disk: downloads, hashes, conversions. */
  modelFiles: {
    create: 'model:manage',
    read: 'model:manage',
    cancel: 'model:manage',
    retry: 'model:manage',
    delete: 'model:manage',
  },
} as const satisfies Record<string, JobPermissions>;

/**
 * Who hears which event of a live connection, as who may fetch the same by a request. An event of a job
 * needs the permission to read jobs of its kind, too, and `job:read_all` where the job is somebody else's.
 */
export const EVENT_PERMISSIONS = {
  // `/ws` and socket.io.
  job_update: 'job:read',
  queue_update: 'job:read',
  system_update: 'public',
  // `/sdcpp/ws`.
  job_added: 'job:read',
  job_status_changed: 'job:read',
  job_cancelled: 'job:read',
  job_progress: 'job:read',
  job_preview: 'job:read',
  job_deleted: 'job:read',
  job_restored: 'job:read',
  model_loading_progress: 'job:read',
  model_loaded: 'job:read',
  model_load_failed: 'job:read',
  upscaler_loaded: 'job:read',
  model_unloaded: 'model:read',
  upscaler_unloaded: 'model:read',
  auto_unloaded: 'model:read',
  memory_status: 'system:read',
  server_status: 'public',
  server_shutdown: 'public',
  pong: 'public',
} as const satisfies Record<string, Access>;

export type EventName = keyof typeof EVENT_PERMISSIONS;

/** Whether a caller hears an event. */
export function mayHear(principal: Principal, event: EventName): boolean {
  const needed: Access = EVENT_PERMISSIONS[event];
  return needed === 'public' || can(principal, needed);
}
