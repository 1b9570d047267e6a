import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { EventsModule } from '../../events/index.js';
import { FilesModule } from '../../files/index.js';
import { GenerateModule } from '../../generate/index.js';
import { ModelsModule } from '../../models/index.js';
import { QueueModule } from '../../queue/index.js';
import { TextModule } from '../../text/index.js';
import { MoldBatchesController } from './batches/batches.controller.js';
import { MoldBatches } from './batches/batches.service.js';
import { MoldDownloadsController } from './downloads/downloads.controller.js';
import { MoldDownloads } from './downloads/downloads.service.js';
import { MoldExpandController } from './generate/expand.controller.js';
import { MoldAnswers } from './generate/answers.js';
import { MoldGenerateController } from './generate/generate.controller.js';
import { MoldDrawing } from './generate/drawing.service.js';
import { MoldKeeping } from './generate/keeping.js';
import { MoldProgress } from './generate/progress.js';
import { MoldRequests } from './generate/request.js';
import { MoldStart } from './generate/start.service.js';
import { MoldStream } from './generate/stream.js';
import { MoldGalleryController } from './gallery/gallery.controller.js';
import { MoldGallery } from './gallery/gallery.service.js';
import { MoldKnownModels } from './models/known-models.js';
import { MoldLoadController } from './models/load.controller.js';
import { MoldModelsController } from './models/models.controller.js';
import { MoldNames } from './models/names.js';
import { MoldPullController } from './models/pull.controller.js';
import { MoldPulls } from './models/pulls.js';
import { MoldJobs } from './queue/identity.js';
import { MoldOnlookers } from './queue/onlookers.js';
import { MoldQueueController } from './queue/queue.controller.js';
import { MoldWaitingController } from './queue/waiting.controller.js';
import { MoldRefusalsController } from './refusals.controller.js';
import { MoldEnlarging } from './upscale/enlarging.service.js';
import { MoldUpscaleController } from './upscale/upscale.controller.js';
import { MoldSnapshots } from './snapshots.js';
import { MoldCapabilitiesController } from './status/capabilities.controller.js';
import { MoldHealthController } from './status/health.controller.js';
import { MoldGpus } from './status/gpus.js';
import { MoldInstance } from './status/instance.js';
import { MoldResourcesController } from './status/resources.controller.js';
import { MoldStatusController } from './status/status.controller.js';

@Module({
  imports: [
    AuthModule,
    EventsModule,
    FilesModule,
    GenerateModule,
    ModelsModule,
    QueueModule,
    TextModule,
  ],
  controllers: [
    MoldBatchesController,
    MoldCapabilitiesController,
    MoldDownloadsController,
    MoldExpandController,
    MoldGalleryController,
    MoldGenerateController,
    MoldHealthController,
    MoldLoadController,
    MoldModelsController,
    MoldPullController,
    MoldQueueController,
    MoldRefusalsController,
    MoldResourcesController,
    MoldStatusController,
    MoldUpscaleController,
    MoldWaitingController,
  ],
  providers: [
    MoldAnswers,
    MoldBatches,
    MoldDownloads,
    MoldDrawing,
    MoldEnlarging,
    MoldGallery,
    MoldGpus,
    MoldInstance,
    MoldJobs,
    MoldKeeping,
    MoldKnownModels,
    MoldNames,
    MoldOnlookers,
    MoldProgress,
    MoldPulls,
    MoldRequests,
    MoldSnapshots,
    MoldStart,
    MoldStream,
  ],
})
export class MoldModule {}
