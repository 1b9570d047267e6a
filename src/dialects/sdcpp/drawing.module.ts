import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { GenerateModule } from '../../generate/index.js';
import { ModelsModule } from '../../models/index.js';
import { QueueModule } from '../../queue/index.js';
import { SdcppGenerationController } from './generation/generation.controller.js';
import { SdcppGeneration } from './generation/generation.service.js';
import { SdcppHealthController } from './health/health.controller.js';
import { SdcppArchitecturesController } from './models/architectures.controller.js';
import { SdcppLoaded } from './models/choice.js';
import { SdcppLoadController } from './models/load.controller.js';
import { SdcppLoading } from './models/loading.js';
import { SdcppModelList } from './models/model-list.js';
import { SdcppModelsController } from './models/models.controller.js';
import { SdcppNames } from './models/names.js';
import { SdcppUpscalerController } from './models/upscaler.controller.js';
import { SdcppOptionsController } from './options/options.controller.js';
import { SdcppSignInController } from './sign-in/sign-in.controller.js';

@Module({
  imports: [AuthModule, GenerateModule, ModelsModule, QueueModule],
  controllers: [
    SdcppArchitecturesController,
    SdcppGenerationController,
    SdcppHealthController,
    SdcppLoadController,
    SdcppModelsController,
    SdcppOptionsController,
    SdcppSignInController,
    SdcppUpscalerController,
  ],
  providers: [SdcppGeneration, SdcppLoaded, SdcppLoading, SdcppModelList, SdcppNames],
  exports: [SdcppLoaded],
})
export class SdcppDrawingModule {}
