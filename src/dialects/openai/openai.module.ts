import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { FilesModule } from '../../files/index.js';
import { GenerateModule } from '../../generate/index.js';
import { ModelsModule } from '../../models/index.js';
import { QueueModule } from '../../queue/index.js';
import { OpenaiAnswers } from './images/answers.js';
import { OpenaiEdits } from './images/edits.js';
import { OpenaiFilesController } from './images/files.controller.js';
import { OpenaiImagesController } from './images/images.controller.js';
import { OpenaiImages } from './images/images.service.js';
import { OpenaiStream } from './images/stream.js';
import { OpenaiModelsController } from './models/models.controller.js';
import { OpenaiModels } from './models/models.service.js';
import { OpenaiPingController } from './ping.controller.js';

@Module({
  imports: [AuthModule, FilesModule, GenerateModule, ModelsModule, QueueModule],
  controllers: [
    OpenaiFilesController,
    OpenaiImagesController,
    OpenaiModelsController,
    OpenaiPingController,
  ],
  providers: [OpenaiAnswers, OpenaiEdits, OpenaiImages, OpenaiModels, OpenaiStream],
})
export class OpenaiModule {}
