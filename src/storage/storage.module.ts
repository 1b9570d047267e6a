import { Global, Module } from '@nestjs/common';
import { StorageMonitor } from './storage-monitor.js';

@Global()
@Module({ providers: [StorageMonitor], exports: [StorageMonitor] })
export class StorageModule {}
