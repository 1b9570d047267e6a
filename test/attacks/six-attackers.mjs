// Six attackers at once, for `together.long.ts`: ends when its standard input does.
// Arguments: the server's address, the token of a user, and a large image in base64 on the first line of the input.
import { request } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const [url = '', token = ''] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const authorization = `Bearer ${token}`;
const MIB = 1024 * 1024;
let running = true;
const counts = { texts: 0, bodies: 0, pixels: 0, signIns: 0, connections: 0, halves: 0 };

/**
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
function post(path, body, headers = { authorization }) {
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    const sent = request(
      {
        hostname,
        port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (answer) => {
        answer.resume();
        answer.on('close', done);
      },
    );
    sent.on('error', done);
    sent.end(JSON.stringify(body));
  });
}

/** @param {string} text @param {number} milliseconds */
function hold(text, milliseconds) {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('error', () => undefined);
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), milliseconds);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

async function texts() {
  const words = Array.from({ length: 40 }, (_, n) => `w${n}`).join('|');
  const attacks = [
    () => post('/sdcpp/txt2img', { prompt: `{20$$${words}}`, expand_prompt: true }),
    () =>
      post('/sdapi/v1/txt2img', { prompt: ' '.repeat(65_536), width: `${'1'.repeat(40_000)}x` }),
    () =>
      post('/api/generate/text2img', {
        prompt: '<lora:'.repeat(10_000),
        sampling_method: '{'.repeat(65_536),
      }),
  ];
  while (running) {
    await Promise.all(attacks.map((attack) => attack()));
    counts.texts += attacks.length;
  }
}

async function bodies() {
  const head = `POST /api/generate/img2img HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${31 * MIB}\r\n`;
  const part = '['.repeat(MIB);
  while (running) {
    const strangers = Array.from({ length: 20 }, () => hold(`${head}\r\n${part}`, 2000));
    const known = Array.from({ length: 4 }, () =>
      hold(`${head}authorization: ${authorization}\r\n\r\n${part}`, 2000),
    );
    await Promise.all([...strangers, ...known]);
    counts.bodies += 24;
  }
}

/** @param {string} image */
async function pixels(image) {
  while (running) {
    await Promise.all([
      post('/api/generate/text2video', {
        prompt: 'x',
        control_frames: Array.from({ length: 24 }, () => image),
      }),
      post('/api/generate/upscale', { init_image: image, upscale_factor: 4 }),
      post('/sdapi/v1/extra-single-image', { image, upscaling_resize: 4, upscaler_1: 'Lanczos' }),
      post('/api/image/canny', { image }),
    ]);
    counts.pixels += 4;
  }
}

async function signIns() {
  for (let round = 0; running; round += 1) {
    const names = Array.from({ length: 40 }, (_, n) => ({
      username: `nobody-${round}-${n}`,
      password: 'a wrong password',
    }));
    await Promise.all(names.map((body) => post('/api/auth/login', body, {})));
    counts.signIns += names.length;
  }
}

async function connections() {
  const upgrade =
    'GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  const stream = `GET /mold/api/resources/stream HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`;
  while (running) {
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => hold(n % 2 === 0 ? upgrade : stream, 3000)),
    );
    counts.connections += 60;
  }
}

async function halves() {
  while (running) {
    const heads = Array.from({ length: 40 }, (_, n) =>
      hold(
        n % 2 === 0
          ? 'GET /api/health HTTP/1.1\r\nhost: x\r\nx-a: '
          : 'POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\ncontent-type: application/json\r\n\r\n{',
        5000,
      ),
    );
    await Promise.all(heads);
    counts.halves += heads.length;
  }
}

const input = createInterface({ input: process.stdin });
input.once('line', (image) => {
  const attacks = [texts(), bodies(), pixels(image), signIns(), connections(), halves()];
  input.once('close', () => {
    running = false;
    void Promise.race([Promise.all(attacks), pause(10_000)]).then(() => {
      process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
    });
  });
});
