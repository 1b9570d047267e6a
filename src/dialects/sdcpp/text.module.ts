import { Module } from '@nestjs/common';
import { TextModule } from '../../text/index.js';
import { SdcppAssistantController } from './text/assistant.controller.js';
import { SdcppOllamaController } from './text/ollama.controller.js';

/** Better prompts and the assistant. */
@Module({
  imports: [TextModule],
  controllers: [SdcppOllamaController, SdcppAssistantController],
})
export class SdcppTextModule {}
