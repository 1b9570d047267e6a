import { reactive } from 'vue';
import { credentialHeaders } from '../../../api/credential.js';
import { messageOf, toApiError, type ApiError } from '../../../api/errors.js';
import type { ModelType } from '../model-types.js';

/** A file on its way to the server. */
export interface Upload {
  id: number;
  name: string;
  /** Bytes. */
  sent: number;
  total: number;
  /** Why it was refused. */
  problem: string;
  stop: () => void;
}

export interface WantedUpload {
  file: File;
  type: ModelType;
  subfolder: string;
}

/** Uploads go on while another view is looked at; they end with the page. */
export const uploads = reactive<Upload[]>([]);

let last = 0;

export function forgetUpload(id: number): void {
  const at = uploads.findIndex((one) => one.id === id);
  if (at >= 0) uploads.splice(at, 1);
}

function refusalOf(request: XMLHttpRequest): ApiError {
  return toApiError(request.response, request.status);
}

/** Sends a file; how far it is, is in {@link uploads}. Fetch cannot tell how much was sent. */
export async function upload({ file, type, subfolder }: WantedUpload): Promise<boolean> {
  const form = new FormData();
  form.set('model_type', type);
  if (subfolder) form.set('subfolder', subfolder);
  form.set('file', file);
  const request = new XMLHttpRequest();
  last += 1;
  const id = last;
  uploads.push({
    id,
    name: file.name,
    sent: 0,
    total: file.size,
    problem: '',
    stop: () => request.abort(),
  });
  const shown = uploads.find((one) => one.id === id);
  request.upload.onprogress = ({ loaded }) => {
    if (shown) shown.sent = Math.min(loaded, file.size);
  };
  try {
    await send(request, form);
    forgetUpload(id);
    return true;
  } catch (error) {
    if (shown && error) shown.problem = messageOf(error);
    else forgetUpload(id);
    return false;
  }
}

/** Rejects with what the server said, or with nothing where it was stopped. */
function send(request: XMLHttpRequest, form: FormData): Promise<void> {
  return new Promise((resolve, reject) => {
    request.responseType = 'json';
    request.onload = () => (request.status < 300 ? resolve() : reject(refusalOf(request)));
    request.onerror = () => reject(toApiError(undefined));
    request.onabort = () => reject();
    request.open('POST', '/api/models/upload');
    for (const [name, value] of Object.entries(credentialHeaders()))
      request.setRequestHeader(name, value);
    request.send(form);
  });
}
