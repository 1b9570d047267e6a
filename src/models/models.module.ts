import { Module } from '@nestjs/common';
import { FileHashes } from './file-hash.js';
import { ModelsController } from './models.controller.js';
import { ModelsService } from './models.service.js';
import { Residency } from './residency.js';

@Module({
  controllers: [ModelsController],
  providers: [FileHashes, ModelsService, Residency],
  exports: [ModelsService],
})
export class ModelsModule {}
