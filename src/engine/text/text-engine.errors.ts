import { AppError } from '../../common/index.js';

/** 400: prompt and answer do not fit into the model's context. */
export class ContextLengthError extends AppError {
  /**
   * @param contextSize tokens that a request may have
   * @param promptTokens tokens of this one's prompt
   */
  constructor(
    readonly contextSize: number,
    readonly promptTokens: number,
  ) {
    super(
      'CONTEXT_LENGTH_EXCEEDED',
      400,
      `This model's context holds ${contextSize} tokens; the prompt has ${promptTokens}, and the answer needs one at least. Shorten the prompt, or load the model with a larger context.`,
    );
  }
}

/** 400: the model's template does not take these messages. */
export class TemplateError extends AppError {
  constructor(readonly reason: string) {
    super(
      'CHAT_TEMPLATE_ERROR',
      400,
      `The model's chat template refuses these messages: ${reason}`,
    );
  }
}
