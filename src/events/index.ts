export { Audience } from './audience.js';
export { EventBus } from './event-bus.js';
export { JOB_PHASES } from './event-map.js';
export type { EventMap, JobUpdate, ModelChange, QueueUpdate, SystemUpdate } from './event-map.js';
export { EventsModule } from './events.module.js';
