import { Module } from '@nestjs/common';
import { FilesModule } from '../files/index.js';
import { ModelsModule } from '../models/index.js';
import { QueueModule } from '../queue/index.js';
import { GenerateController } from './generate.controller.js';
import { GenerateService } from './generate.service.js';
import { GenerationService } from './generation.service.js';
import { PictureWriter } from './picture-writer.js';

@Module({
  imports: [FilesModule, ModelsModule, QueueModule],
  controllers: [GenerateController],
  providers: [GenerateService, GenerationService, PictureWriter],
})
export class GenerateModule {}
