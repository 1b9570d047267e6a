import { createServer } from 'node:http';

const MODEL = 'storyteller';

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} text
 */
async function answer(request, response, text) {
  if (request.url === '/v1/models') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: [{ id: MODEL, object: 'model' }] }));
    return;
  }
  if (request.url !== '/v1/chat/completions') {
    response.writeHead(404).end();
    return;
  }
  const { stream } = await bodyOf(request);
  if (stream) sayInPieces(response, text);
  else {
    response.setHeader('content-type', 'application/json');
    const message = { role: 'assistant', content: text };
    response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }));
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} text
 */
function sayInPieces(response, text) {
  response.setHeader('content-type', 'text/event-stream');
  for (const content of text.split(/(?<= )/)) {
    const choices = [{ index: 0, delta: { content } }];
    response.write(`data: ${JSON.stringify({ choices })}\n\n`);
  }
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  response.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
}

/**
 * A server of OpenAI's kind that says one text to everything, for pictures of the chat without a language model.
 *
 * @param {string} text
 */
export async function startSmallLlm(text) {
  const server = createServer((request, response) => {
    answer(request, response, text).catch((error) => response.destroy(error));
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
