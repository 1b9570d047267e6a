import { Module } from '@nestjs/common';
import { FilesModule } from '../files/index.js';
import { ModelsModule } from '../models/index.js';
import { QueueModule } from '../queue/index.js';
import { SettingsModule } from '../settings/index.js';
import { LoadJobs } from './choices/load-jobs.js';
import { ModelChoices } from './choices/model-choices.js';
import { CannyController } from './canny.controller.js';
import { DrawingWatch } from './drawing-watch.js';
import { EstimateService } from './estimate.service.js';
import { FactsController } from './facts.controller.js';
import { FactsService } from './facts.service.js';
import { GenerateController } from './generate.controller.js';
import { GenerateService } from './generate.service.js';
import { GenerationService } from './generation.service.js';
import { InputPictures } from './input-pictures.js';
import { PictureWriter } from './picture-writer.js';
import { PreviewPreferences } from './preview-preferences.js';
import { RecipeHashes } from './recipe-hashes.js';
import { RequestParts } from './request-parts.js';
import { UpscalerFactors } from './upscaler-factors.js';
import { Upscaling } from './upscaling.js';

@Module({
  imports: [FilesModule, ModelsModule, QueueModule, SettingsModule],
  controllers: [CannyController, FactsController, GenerateController],
  providers: [
    DrawingWatch,
    EstimateService,
    FactsService,
    GenerateService,
    GenerationService,
    InputPictures,
    LoadJobs,
    ModelChoices,
    PictureWriter,
    PreviewPreferences,
    RecipeHashes,
    RequestParts,
    UpscalerFactors,
    Upscaling,
  ],
  exports: [FactsService, GenerateService, ModelChoices, PreviewPreferences, UpscalerFactors],
})
export class GenerateModule {}
