import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { GenerateModule } from '../../generate/index.js';
import { ModelsModule } from '../../models/index.js';
import { SettingsModule } from '../../settings/index.js';
import { A1111AbsentController } from './lists/absent.controller.js';
import { A1111EngineController } from './lists/engine.controller.js';
import { A1111ModelsController } from './lists/models.controller.js';
import { A1111Names } from './lists/names.js';
import { A1111OptionsController } from './options/options.controller.js';
import { A1111Options } from './options/options.service.js';

@Module({
  imports: [AuthModule, GenerateModule, ModelsModule, SettingsModule],
  controllers: [
    A1111AbsentController,
    A1111EngineController,
    A1111ModelsController,
    A1111OptionsController,
  ],
  providers: [A1111Names, A1111Options],
})
export class A1111Module {}
