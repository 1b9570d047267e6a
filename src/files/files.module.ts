import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/index.js';
import { FilesController } from './files.controller.js';
import { OutputRemoval } from './output-removal.js';
import { OutputStore } from './output-store.js';
import { UploadStore } from './upload-store.js';

@Module({
  imports: [QueueModule],
  controllers: [FilesController],
  providers: [OutputRemoval, OutputStore, UploadStore],
  exports: [OutputStore, UploadStore],
})
export class FilesModule {}
