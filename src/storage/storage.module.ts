import { Global, Module } from '@nestjs/common';
import { DatabaseRetries } from './database-retries.js';
import { StorageMonitor } from './storage-monitor.js';
import { TrustedClock } from './trusted-clock.js';

@Global()
@Module({
  providers: [DatabaseRetries, StorageMonitor, TrustedClock],
  exports: [StorageMonitor, TrustedClock],
})
export class StorageModule {}
