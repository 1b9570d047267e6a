import { createServer } from 'node:http';

const MODEL = 'storyteller';

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/**
 * A server of OpenAI's kind that says one text to everything, for pictures of the chat without a language model.
 *
 * @param {string} text
 */
export async function startSmallLlm(text) {
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/models') {
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ data: [{ id: MODEL, object: 'model' }] }));
    }
    if (request.url !== '/v1/chat/completions') return response.writeHead(404).end();
    const { stream } = await bodyOf(request);
    if (!stream) {
      response.setHeader('content-type', 'application/json');
      const message = { role: 'assistant', content: text };
      return response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }));
    }
    response.setHeader('content-type', 'text/event-stream');
    for (const content of text.split(/(?<= )/)) {
      const choices = [{ index: 0, delta: { content } }];
      response.write(`data: ${JSON.stringify({ choices })}\n\n`);
    }
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
    return response.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    stop: () => server.close(),
  };
}
