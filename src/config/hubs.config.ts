import { withoutTrailing } from '../common/index.js';
import { integer, Setting, text, type SettingParser } from './setting.js';
import { hosts } from './files.config.js';

/** The address of a server, without a slash at its end. */
const baseUrl: SettingParser<string> = (value) => {
  const url = URL.parse(value);
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isWeb || url.username || url.password || url.search || url.hash)
    throw new Error('an address such as https://example.org, without name, password and query');
  return withoutTrailing(url.href, '/');
};

/** Where models are downloaded from, and what may come in. */
export class HubsConfig {
  @Setting({
    env: 'ATELIER_CIVITAI_URL',
    parse: baseUrl,
    doc: 'Address of Civitai, or of a mirror that speaks its API. It may lie in your own network.',
  })
  civitaiUrl = 'https://civitai.com';

  @Setting({
    env: 'ATELIER_CIVITAI_TOKEN',
    borrowed: 'CIVITAI_API_TOKEN',
    parse: text,
    secret: true,
    doc: 'API key for Civitai, for models that it gives to its members only. Sent to its address and nowhere else.',
    shownDefault: 'none',
  })
  civitaiToken = '';

  @Setting({
    env: 'ATELIER_HUGGINGFACE_URL',
    parse: baseUrl,
    doc: 'Address of the Hugging Face hub, or of a mirror. It may lie in your own network.',
  })
  huggingfaceUrl = 'https://huggingface.co';

  @Setting({
    env: 'ATELIER_HUGGINGFACE_TOKEN',
    borrowed: 'HF_TOKEN',
    parse: text,
    secret: true,
    doc: 'Token for Hugging Face, for repositories that are private or ask for consent. Sent to its address and nowhere else.',
    shownDefault: 'none',
  })
  huggingfaceToken = '';

  @Setting({
    env: 'ATELIER_HUB_ALLOW',
    parse: hosts(),
    doc: 'Hosts, addresses and networks (like 10.1.0.0/16), separated by commas, that models may be downloaded from though they are not public, on any port.',
    shownDefault: 'none',
  })
  allow: string[] = [];

  @Setting({
    env: 'ATELIER_HUB_LOOKUP_SECONDS',
    parse: integer(1, 300),
    doc: 'Seconds that a question to a hub may take, before a download begins.',
  })
  lookupSeconds = 20;

  @Setting({
    env: 'ATELIER_HUB_STALL_SECONDS',
    parse: integer(1, 3600),
    doc: 'Seconds without a byte after which the connection of a download is given up and made anew.',
  })
  stallSeconds = 60;

  @Setting({
    env: 'ATELIER_MODEL_FILE_MB',
    parse: integer(1),
    doc: 'Largest model file that is downloaded or uploaded, in MiB.',
  })
  fileMb = 131_072;

  @Setting({
    env: 'ATELIER_DISK_RESERVE_MB',
    parse: integer(0),
    doc: 'MiB of a models disk that downloads, uploads and conversions leave free.',
  })
  reserveMb = 1024;
}
