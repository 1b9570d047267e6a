import { Module } from '@nestjs/common';
import { FilesController } from './files.controller.js';
import { OutputStore } from './output-store.js';

@Module({ controllers: [FilesController], providers: [OutputStore], exports: [OutputStore] })
export class FilesModule {}
