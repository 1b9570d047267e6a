import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { GenerateModule } from '../../generate/index.js';
import { EventsModule } from '../../events/index.js';
import { FilesModule } from '../../files/index.js';
import { ModelsModule } from '../../models/index.js';
import { QueueModule } from '../../queue/index.js';
import { SettingsModule } from '../../settings/index.js';
import { A1111Answers } from './drawing/answer.js';
import { A1111DrawingController } from './drawing/drawing.controller.js';
import { A1111Drawing } from './drawing/drawing.service.js';
import { A1111ProgressController } from './drawing/progress.controller.js';
import { A1111Requests } from './drawing/request.js';
import { A1111Enlarging } from './extras/enlarging.js';
import { A1111ExtrasController } from './extras/extras.controller.js';
import { A1111AbsentController } from './lists/absent.controller.js';
import { A1111EngineController } from './lists/engine.controller.js';
import { A1111ModelsController } from './lists/models.controller.js';
import { A1111Names } from './lists/names.js';
import { A1111PingsController } from './lists/pings.controller.js';
import { A1111OptionsController } from './options/options.controller.js';
import { A1111Options } from './options/options.service.js';

@Module({
  imports: [
    AuthModule,
    EventsModule,
    FilesModule,
    GenerateModule,
    ModelsModule,
    QueueModule,
    SettingsModule,
  ],
  controllers: [
    A1111AbsentController,
    A1111DrawingController,
    A1111EngineController,
    A1111ExtrasController,
    A1111ModelsController,
    A1111OptionsController,
    A1111PingsController,
    A1111ProgressController,
  ],
  providers: [A1111Answers, A1111Drawing, A1111Enlarging, A1111Names, A1111Options, A1111Requests],
})
export class A1111Module {}
