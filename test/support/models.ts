import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bearer, send, type Reply } from './auth.js';

/** A model as the API shows it, as far as the tests read it. */
export interface ListedModel {
  id: string;
  name: string;
  path: string;
  type: string;
  detected_type: string | null;
  architecture: string | null;
  format: string;
  quantization: string | null;
  parameters: number | null;
  size: number;
  loaded: boolean;
  sha256: string | null;
  hash_status: string;
  embedded: boolean;
  problem: string | null;
}

export interface ModelPage {
  models: ListedModel[];
  total: number;
  pagination: { total: number; page: number; limit: number; total_pages: number };
}

/** One user's way to the models of a server. */
export class ModelsClient {
  constructor(
    private readonly app: () => NestFastifyApplication,
    private readonly token: () => string,
  ) {}

  send(method: 'GET' | 'POST' | 'DELETE', path = '', body?: object): Promise<Reply> {
    return send(this.app(), method, `/api/models${path}`, bearer(this.token()), body);
  }

  async page(query = ''): Promise<ModelPage> {
    const { status, body } = await this.send('GET', query);
    if (status !== 200) throw new Error(`No list: ${JSON.stringify(body)}`);
    return body as unknown as ModelPage;
  }

  async names(query = ''): Promise<string[]> {
    return (await this.page(query)).models.map(({ name }) => name);
  }

  async model(name: string): Promise<ListedModel & { load: Record<string, unknown> | null }> {
    const { status, body } = await this.send('GET', `/${encodeURIComponent(name)}`);
    if (status !== 200) throw new Error(`No model: ${JSON.stringify(body)}`);
    return body['model'] as ListedModel & { load: Record<string, unknown> | null };
  }
}
