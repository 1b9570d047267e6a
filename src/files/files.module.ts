import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { QueueModule } from '../queue/index.js';
import { DownloadController } from './download/download.controller.js';
import { RemotePictures } from './download/remote-pictures.js';
import { FilesController } from './files.controller.js';
import { ImageWork } from './image-work.js';
import { InputRetention } from './input-retention.js';
import { OutputAccess } from './output-access.js';
import { OutputDelivery } from './output-delivery.js';
import { OutputRecipes } from './output-recipes.js';
import { OutputRemoval } from './output-removal.js';
import { OutputStore } from './output-store.js';
import { PartialOutputs } from './partial-outputs.js';
import { Retention } from './retention.js';
import { Thumbnails } from './thumbnails.js';
import { UploadStore } from './upload-store.js';

@Module({
  imports: [AuthModule, QueueModule],
  controllers: [FilesController, DownloadController],
  providers: [
    ImageWork,
    InputRetention,
    OutputAccess,
    OutputDelivery,
    OutputRecipes,
    OutputRemoval,
    OutputStore,
    PartialOutputs,
    RemotePictures,
    Retention,
    Thumbnails,
    UploadStore,
  ],
  exports: [ImageWork, OutputAccess, OutputDelivery, OutputStore, Retention, UploadStore],
})
export class FilesModule {}
