export { StorageMonitor, type StorageProblem } from './storage-monitor.js';
export { StorageModule } from './storage.module.js';
export { TrustedClock } from './trusted-clock.js';
