import type { FolderPage, FolderQuery, OutputFolder } from '../../../queue/index.js';
import { FILE_ICON, FOLDER_ICON, markup, pageOf, type Html } from './html.js';
import { instantOf } from '../jobs/words.js';
import { mediaOf } from './media.js';

export type Sorting = Pick<FolderQuery, 'sort_by' | 'sort_order'>;

/** One file of a job as the file browser shows it. */
export interface Entry {
  name: string;
  bytes: number;
  /** Unix seconds. */
  at: number;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size for people. */
export function sizeOf(bytes: number): string {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : value.toFixed(1)} ${UNITS[step] ?? ''}`;
}

function timeOf(unixSeconds: number): Html {
  const instant = instantOf(unixSeconds);
  return markup`<time datetime="${instant}">${instant.slice(0, 19).replace('T', ' ')}</time>`;
}

const COLUMNS = [
  { by: 'name', title: 'Name', style: 'w' },
  { by: 'size', title: 'Size', style: 'n' },
  { by: 'date', title: 'Date', style: 'n' },
] as const;

function headOf(path: string, { sort_by, sort_order }: Sorting): Html {
  const cells = COLUMNS.map(({ by, title, style }) => {
    const now = by === sort_by;
    const next = now && sort_order === 'asc' ? 'desc' : 'asc';
    const sign = now ? (sort_order === 'asc' ? ' ▲' : ' ▼') : '';
    return markup`<th class="${style}"><a href="${path}?sort=${by}&order=${next}">${title}${sign}</a></th>`;
  });
  return markup`<thead><tr><th></th>${cells}</tr></thead>`;
}

function statistics(folders: number, files: number, bytes: number): Html {
  return markup`<footer>${folders} folders, ${files} files, ${sizeOf(bytes)}</footer>`;
}

function folderRow(root: string, folder: OutputFolder): Html {
  const at = Math.floor(folder.finishedAt.getTime() / 1000);
  const count = folder.files === 1 ? '1 file' : `${folder.files} files`;
  return markup`<tr>
<td class="i">${FOLDER_ICON}</td>
<td class="w"><a href="${root}/${folder.jobId}">${folder.jobId}</a><br><small>${folder.title} (${count})</small></td>
<td class="n">${sizeOf(folder.bytes)}</td>
<td class="n">${timeOf(at)}</td>
</tr>`;
}

function pages(
  root: string,
  { sort_by, sort_order, limit, page }: FolderQuery,
  total: number,
): Html {
  const last = Math.max(Math.ceil(total / limit), 1);
  if (last === 1) return markup``;
  const link = (to: number, text: string): Html =>
    to < 1 || to > last
      ? markup``
      : markup` <a href="${root}?sort=${sort_by}&order=${sort_order}&page=${to}">${text}</a> `;
  return markup`<p>${link(page - 1, '← before')} page ${page} of ${last} ${link(page + 1, 'after →')}</p>`;
}

/** The folders of all jobs of a user. @param root path of the file browser */
export function foldersPage(root: string, query: FolderQuery, found: FolderPage): string {
  const rows = found.folders.map((folder) => folderRow(root, folder));
  return pageOf(
    'Outputs',
    markup`<nav>Outputs</nav>
<table>${headOf(root, query)}<tbody>${rows}</tbody></table>
${pages(root, query, found.total)}
${statistics(found.total, found.files, found.bytes)}`,
  );
}

function sorted(entries: readonly Entry[], { sort_by, sort_order }: Sorting): Entry[] {
  const difference = {
    name: (a: Entry, b: Entry) => a.name.localeCompare(b.name, 'en', { numeric: true }),
    size: (a: Entry, b: Entry) => a.bytes - b.bytes,
    date: (a: Entry, b: Entry) => a.at - b.at,
  }[sort_by];
  const rising = entries.toSorted(difference);
  return sort_order === 'asc' ? rising : rising.toReversed();
}

/** Where the files of a job and their thumbnails are. */
interface Places {
  root: string;
  folder: string;
  thumbs: string;
}

function fileRow({ folder, thumbs }: Places, { name, bytes, at }: Entry): Html {
  const path = `${folder}/${encodeURIComponent(name)}`;
  const media = mediaOf(name);
  const icon = media
    ? markup`<a href="#${name}"><img src="${thumbs}/${encodeURIComponent(name)}" alt="" width="60" height="60" loading="lazy"></a>`
    : FILE_ICON;
  return markup`<tr>
<td class="i">${icon}</td>
<td class="w"><a href="${path}">${name}</a></td>
<td class="n">${sizeOf(bytes)}</td>
<td class="n">${timeOf(at)}</td>
</tr>`;
}

function boxOf({ folder }: Places, names: string[], index: number): Html {
  const name = names[index] ?? '';
  const path = `${folder}/${encodeURIComponent(name)}`;
  const shown =
    mediaOf(name) === 'video'
      ? markup`<video src="${path}" controls loop preload="none"></video>`
      : markup`<img src="${path}" alt="${name}" loading="lazy">`;
  const go = (to: number, style: string, sign: string): Html =>
    names[to] === undefined
      ? markup``
      : markup`<a class="go ${style}" href="#${names[to]}">${sign}</a>`;
  return markup`<div class="box" id="${name}"><a class="close" href="#" aria-label="Close"></a>${go(index - 1, 'before', '‹')}<figure>${shown}</figure>${go(index + 1, 'after', '›')}</div>`;
}

/** The files of a job. */
export function filesPage(
  places: Places,
  jobId: string,
  sorting: Sorting,
  entries: readonly Entry[],
): string {
  const shown = sorted(entries, sorting);
  const names = shown.map(({ name }) => name).filter((name) => mediaOf(name));
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return pageOf(
    jobId,
    markup`<nav><a href="${places.root}">Outputs</a> / ${jobId}</nav>
<table>${headOf(places.folder, sorting)}<tbody>${shown.map((entry) => fileRow(places, entry))}</tbody></table>
${statistics(0, entries.length, bytes)}
${names.map((_, index) => boxOf(places, names, index))}`,
  );
}
