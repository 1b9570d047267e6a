import { Global, Module } from '@nestjs/common';
import { DatabaseRetries } from './database-retries.js';
import { StorageMonitor } from './storage-monitor.js';

@Global()
@Module({ providers: [DatabaseRetries, StorageMonitor], exports: [StorageMonitor] })
export class StorageModule {}
