import { StepError } from './step.mjs';

/** How long a job may go without a word before the demo gives up, in milliseconds. */
const SILENCE_LIMIT = 300_000;

/**
 * @typedef {object} Update a `job_update`
 * @property {string} job_id
 * @property {'queued' | 'processing' | 'completed' | 'failed' | 'cancelled'} status
 * @property {string} [phase]
 * @property {number} progress 0 to 1
 * @property {number} current_step
 * @property {number} total_steps
 * @property {number} time_elapsed milliseconds
 * @property {number | null} time_remaining milliseconds
 * @property {string} [preview]
 * @property {{ message: string }} [error]
 * @typedef {{ id: string, outputs: { filename: string, url: string }[] }} Job
 */

/** A client of the server, as any other program would be one. */
export class DemoClient {
  #token = '';

  /** @param {string} url */
  constructor(url) {
    this.url = url;
  }

  /**
   * @param {string} path
   * @param {object} [body] makes it a POST
   * @returns {Promise<Response>}
   * @throws {StepError} with the server's own message
   */
  async #ask(path, body) {
    const response = await fetch(new URL(path, this.url), {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
      body: body && JSON.stringify(body),
    });
    if (response.ok) return response;
    throw new StepError(`${path} answered ${response.status}: ${reasonIn(await response.text())}`);
  }

  /**
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #askJson(path, body) {
    return (await this.#ask(path, body)).json();
  }

  /**
   * @param {string} username
   * @param {string} password
   */
  async logIn(username, password) {
    const reply = await this.#askJson('/api/auth/login', { username, password });
    this.#token = reply.token;
  }

  /**
   * @param {object} request
   * @returns {Promise<string>} the job's id
   */
  async textToImage(request) {
    return (await this.#askJson('/api/generate/text2img', request)).request_id;
  }

  /**
   * @param {string} id
   * @returns {Promise<Job>}
   */
  async job(id) {
    return (await this.#askJson(`/api/queue/job/${id}`)).job;
  }

  /** @param {string} url */
  async download(url) {
    return Buffer.from(await (await this.#ask(url)).arrayBuffer());
  }

  /**
   * Opens the socket on which the server tells how jobs go.
   *
   * @returns {Promise<JobSocket>}
   */
  async openSocket() {
    const { io } = await import('socket.io-client');
    const socket = io(this.url, { auth: { token: this.#token }, transports: ['websocket'] });
    await new Promise((open, fail) => {
      socket.once('connect', () => open(undefined));
      socket.once('connect_error', (error) => {
        socket.close();
        fail(new StepError(`The socket at ${this.url} cannot be opened: ${error.message}`));
      });
    });
    return new JobSocket(socket);
  }
}

/** Listens from the moment it is made, so that no word of a job asked for afterwards is missed. */
export class JobSocket {
  /** @type {Update[]} */
  #unread = [];
  #wake = () => {};

  /** @param {import('socket.io-client').Socket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on('job_update', (/** @type {Update} */ update) => {
      this.#unread.push(update);
      this.#wake();
    });
  }

  /**
   * Follows a job to its end.
   *
   * @param {string} id
   * @param {(update: Update) => void} show
   * @throws {StepError} when the job does not complete
   */
  async follow(id, show) {
    for (;;) {
      const update = await this.#next();
      if (update.job_id !== id) continue;
      show(update);
      if (update.status === 'completed') return;
      if (update.status === 'failed' || update.status === 'cancelled') {
        throw new StepError(
          `The job ${update.status}: ${update.error?.message ?? 'no reason given'}`,
        );
      }
    }
  }

  /** @returns {Promise<Update>} */
  async #next() {
    for (;;) {
      const update = this.#unread.shift();
      if (update) return update;
      await new Promise((wake, fail) => {
        const silence = new StepError('The socket has been silent for too long.');
        const timer = setTimeout(() => fail(silence), SILENCE_LIMIT);
        this.#wake = () => {
          clearTimeout(timer);
          wake(undefined);
        };
      });
    }
  }

  close() {
    this.socket.close();
  }
}

/**
 * @param {string} body of an answer that refuses
 * @returns {string} the message of the error envelope, or the body where there is none
 */
function reasonIn(body) {
  try {
    return JSON.parse(body).error.message;
  } catch {
    return body;
  }
}
