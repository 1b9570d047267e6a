import {
  generateControlnet,
  generateImg2Img,
  generateInpainting,
  generateText2Img,
  generateText2Video,
  generateUpscale,
} from '../../api/client.js';
import { ApiError } from '../../api/errors.js';
import type { Kind, Values } from './parameters.js';
import { submissionKey } from './request.js';

/** The table of options decides what is in a body, and the server checks it by the same table. */
type Ask = (request: { body: never; headers: Record<string, string> }) => PromiseLike<{
  request_id: string;
}>;

const ASK: Record<Kind, Ask> = {
  text2img: generateText2Img,
  img2img: generateImg2Img,
  inpainting: generateInpainting,
  controlnet: generateControlnet,
  upscale: generateUpscale,
  text2video: generateText2Video,
};

/**
 * Gives a function that asks for pictures and answers with the id of the job. A request that got no answer is
 * sent again under its first name, so that it is done once.
 */
export function submitter(): (kind: Kind, body: Values) => Promise<string> {
  let unanswered: { text: string; key: string } | undefined;
  return async (kind, body) => {
    const text = JSON.stringify([kind, body]);
    const key = unanswered?.text === text ? unanswered.key : submissionKey();
    unanswered = { text, key };
    try {
      const { request_id: id } = await ASK[kind]({
        body: body as never,
        headers: { 'Idempotency-Key': key },
      });
      unanswered = undefined;
      return id;
    } catch (error) {
      if (error instanceof ApiError && error.status > 0) unanswered = undefined;
      throw error;
    }
  };
}
