import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BackgroundHashing } from './background-hashing.js';
import { HeaderFacts } from './file-facts.js';
import { FileHashes } from './file-hash.js';
import { FileRecords } from './file-records.js';
import { ModelCatalog } from './model-catalog.js';
import { ModelFile } from './model-file.entity.js';
import { ModelLoader } from './model-loader.js';
import { ModelRegistry } from './model-registry.js';
import { ModelRemoval } from './model-removal.js';
import { ModelScanner } from './model-scanner.js';
import { ModelWatch } from './model-watch.js';
import { ModelsController } from './models.controller.js';
import { ModelsService } from './models.service.js';
import { PartFinder } from './parts/part-finder.js';
import { Residency } from './residency.js';

@Module({
  imports: [TypeOrmModule.forFeature([ModelFile])],
  controllers: [ModelsController],
  providers: [
    BackgroundHashing,
    FileHashes,
    FileRecords,
    HeaderFacts,
    ModelCatalog,
    ModelLoader,
    ModelRegistry,
    ModelRemoval,
    ModelScanner,
    ModelsService,
    ModelWatch,
    PartFinder,
    Residency,
  ],
  exports: [ModelCatalog, ModelRegistry, ModelsService, PartFinder],
})
export class ModelsModule {}
