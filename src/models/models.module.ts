import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/index.js';
import { QueueModule } from '../queue/index.js';
import { SettingsModule } from '../settings/index.js';
import { BackgroundHashing } from './background-hashing.js';
import { ConversionPlan } from './convert/conversion-plan.js';
import { ConversionController } from './convert/conversion.controller.js';
import { ModelConversion } from './convert/conversion.service.js';
import { DiskRoom } from './fetch/disk-room.js';
import { DownloadJobs } from './fetch/download-jobs.js';
import { DownloadSources } from './fetch/download-source.js';
import { DownloadsController } from './fetch/downloads.controller.js';
import { ModelDownloads } from './fetch/downloads.service.js';
import { Leftovers } from './fetch/leftovers.js';
import { Seal } from './fetch/seal.js';
import { HeaderFacts } from './file-facts.js';
import { FileHashes } from './file-hash.js';
import { FileRecords } from './file-records.js';
import { Civitai } from './hubs/civitai.js';
import { HubHttp } from './hubs/hub-http.js';
import { Hubs } from './hubs/hubs.js';
import { HuggingFace } from './hubs/hugging-face.js';
import { IdleModels } from './idle-models.js';
import { ModelCatalog } from './model-catalog.js';
import { ModelFile } from './model-file.entity.js';
import { ModelLoader } from './model-loader.js';
import { ModelPlaces } from './model-places.js';
import { ModelRegistry } from './model-registry.js';
import { ModelRemoval } from './model-removal.js';
import { ModelScanner } from './model-scanner.js';
import { ModelWatch } from './model-watch.js';
import { ModelsController } from './models.controller.js';
import { ModelsService } from './models.service.js';
import { PartFinder } from './parts/part-finder.js';
import { Residency } from './residency.js';
import { UploadsController } from './upload/uploads.controller.js';
import { ModelUploads } from './upload/uploads.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ModelFile]), AuthModule, QueueModule, SettingsModule],
  controllers: [ConversionController, DownloadsController, ModelsController, UploadsController],
  providers: [
    BackgroundHashing,
    Civitai,
    ConversionPlan,
    DiskRoom,
    DownloadJobs,
    DownloadSources,
    FileHashes,
    FileRecords,
    HeaderFacts,
    HubHttp,
    Hubs,
    HuggingFace,
    IdleModels,
    Leftovers,
    ModelCatalog,
    ModelConversion,
    ModelDownloads,
    ModelLoader,
    ModelPlaces,
    ModelRegistry,
    ModelRemoval,
    ModelScanner,
    ModelsService,
    ModelUploads,
    ModelWatch,
    PartFinder,
    Residency,
    Seal,
  ],
  exports: [
    Hubs,
    IdleModels,
    ModelCatalog,
    ModelConversion,
    ModelDownloads,
    ModelPlaces,
    ModelRegistry,
    ModelsService,
    ModelUploads,
    PartFinder,
    Residency,
  ],
})
export class ModelsModule {}
