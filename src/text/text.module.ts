import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ModelsModule } from '../models/index.js';
import { QueueModule } from '../queue/index.js';
import { SettingsModule } from '../settings/index.js';
import { AssistantController } from './assistant/assistant.controller.js';
import { AssistantHistory } from './assistant/assistant-history.js';
import { AssistantMessage } from './assistant/assistant-message.entity.js';
import { AssistantService } from './assistant/assistant.service.js';
import { BackendTools } from './assistant/backend-tools.js';
import { Toolbox } from './assistant/toolbox.js';
import { LocalTextModels } from './generation/local-models.js';
import { TextCompletions } from './generation/text-completions.js';
import { TextResidency } from './generation/text-residency.js';
import { EnhanceService } from './prompts/enhance.service.js';
import { ExpandService } from './prompts/expand.service.js';
import { PromptEntry } from './prompts/prompt-entry.entity.js';
import { PromptHistory } from './prompts/prompt-history.js';
import { PromptsController } from './prompts/prompts.controller.js';
import { TextModels } from './text-models.js';
import { TextSettings } from './text-settings.js';
import { TextStatus } from './text-status.js';
import { Turnstile } from './turnstile.js';

@Module({
  imports: [
    ModelsModule,
    QueueModule,
    SettingsModule,
    TypeOrmModule.forFeature([AssistantMessage, PromptEntry]),
  ],
  controllers: [AssistantController, PromptsController],
  providers: [
    AssistantHistory,
    AssistantService,
    BackendTools,
    EnhanceService,
    ExpandService,
    LocalTextModels,
    PromptHistory,
    TextCompletions,
    TextModels,
    TextResidency,
    TextSettings,
    TextStatus,
    Toolbox,
    Turnstile,
  ],
  exports: [
    AssistantService,
    EnhanceService,
    ExpandService,
    LocalTextModels,
    TextCompletions,
    TextResidency,
    TextSettings,
    TextStatus,
  ],
})
export class TextModule {}
