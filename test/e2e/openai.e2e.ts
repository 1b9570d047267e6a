import { expect, it } from 'vitest';
import { APPLE, jsonOf } from '../support/client.js';
import { sharedServer } from '../support/server.js';

const server = sharedServer();

const OPTIONS = {
  negative_prompt: 'blue',
  cfg_scale: 3,
  sampling_method: 'euler',
  scheduler: 'discrete',
};

it("draws by OpenAI's API what the core draws, byte for byte", async () => {
  const { admin } = server();
  const { width, height, ...recipe } = { ...APPLE, ...OPTIONS };
  const core = await admin.draw({ ...recipe, width, height });
  const body = { ...recipe, size: `${width}x${height}`, response_format: 'b64_json' };
  const reply = await admin.api({ method: 'POST', path: '/v1/images/generations', body });
  const { data } = jsonOf<{ data: { b64_json: string }[] }>(reply);
  expect(reply.status).toBe(200);
  expect(Buffer.from(data[0]!.b64_json, 'base64').equals(core)).toBe(true);
});
