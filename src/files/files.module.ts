import { Module } from '@nestjs/common';
import { FilesController } from './files.controller.js';
import { OutputStore } from './output-store.js';
import { UploadStore } from './upload-store.js';

@Module({
  controllers: [FilesController],
  providers: [OutputStore, UploadStore],
  exports: [OutputStore, UploadStore],
})
export class FilesModule {}
