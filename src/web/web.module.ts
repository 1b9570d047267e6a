import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';
import { WebFiles } from './web-files.js';

/** The dashboard, as the set-up built it of `web/`. */
@Module({ controllers: [PagesController], providers: [WebFiles] })
export class WebModule {}
