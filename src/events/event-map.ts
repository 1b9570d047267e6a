/** What can be done for a job: first those of a picture, in their order, then those of model files. */
export const JOB_PHASES = [
  'loading',
  'encoding',
  'sampling',
  'decoding',
  'saving',
  'downloading',
  'verifying',
  'hashing',
  'converting',
] as const;

/** What a job tells the world; the fields are the core API's own (seed stable-diffusion-cpp-rest, "WebSocket Support"). */
export interface JobUpdate {
  job_id: string;
  status: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
  /** What is being done for a job in progress. */
  phase?: (typeof JOB_PHASES)[number];
  /** 0 to 1 over all pictures of the job. */
  progress: number;
  current_step: number;
  total_steps: number;
  /** Milliseconds since the job began to be worked on. */
  time_elapsed: number;
  /** Milliseconds to its end as far as can be told; null until there is a speed. */
  time_remaining: number | null;
  /** Steps a second, measured from the first step on. */
  speed: number | null;
  /** 1 is next; only while queued. */
  position?: number;
  /** The picture in the making, as a JPEG data URL. */
  preview?: string;
  /** Why it failed. */
  error?: { code: string; message: string };
}

/** How full the queue is (seed stable-diffusion-cpp-rest, "WebSocket Support"). */
export interface QueueUpdate {
  /** Jobs that wait. */
  size: number;
  /** Jobs in progress. */
  active_generations: number;
  /** Whether jobs are taken into work. */
  running: boolean;
}

/** How the server is (seed stable-diffusion-cpp-rest, "System Information" and "WebSocket Support"). */
export interface SystemUpdate {
  server: { running: boolean; host: string; port: number };
  generation_queue: { running: boolean; queue_size: number; active_generations: number };
  models: { loaded_count: number; available_count: number };
}

/** The model, by its id and its name. */
export interface ModelChange {
  id: string;
  name: string;
}

/** Every event of the house: name and payload. */
export interface EventMap {
  /** A job was created, moved on, or ended. */
  'job.updated': { ownerId: string; kind: string; update: JobUpdate };
  /** A job that had ended was deleted; for good, unless it can be restored. */
  'job.deleted': { ownerId: string; kind: string; jobId: string; restorable: boolean };
  /** A deleted job is back, as it was. */
  'job.restored': {
    ownerId: string;
    kind: string;
    jobId: string;
    status: JobUpdate['status'];
  };
  /** A user has no model chosen any more, in the clients of one API. */
  'choice.cleared': {
    userId: string;
    client: string;
    what: 'drawing' | 'enlarging';
    /** The model that it was. */
    model: ModelChange;
  };
  /** Jobs came, began or went; told a few times a second at most. */
  'queue.changed': QueueUpdate;
  /** How the server is; told every few seconds while somebody watches. */
  'system.told': SystemUpdate;
  /** A model is in memory now. */
  'model.loaded': ModelChange;
  /** A model is no longer in memory: somebody asked for it, it made room, or the engine ended. */
  'model.unloaded': ModelChange;
  /** A model was unloaded because nobody used it for a while. */
  'model.idle': ModelChange & { use: 'drawing' | 'enlarging'; idleSeconds: number };
  /** The list of models is not what it was: how many there are, and how many came, went or changed. */
  'models.changed': { found: number; updated: number };
  /** The session's token is no longer good: open sockets of it are to be closed. */
  'session.revoked': { sessionId: string };
  /** The API key is no longer good: open sockets of it are to be closed. */
  'key.revoked': { keyId: string };
  /** What the user may do has changed: their open sockets are to be closed, and may come again. */
  'user.changed': { userId: string };
}
