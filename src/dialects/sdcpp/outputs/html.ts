import { createHash } from 'node:crypto';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that needs no further escaping. */
export class Html {
  constructor(readonly text: string) {}
}

type Piece = string | number | Html | readonly Html[];

function textOf(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'object') return piece.map(({ text }) => text).join('');
  return String(piece).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Builds HTML; whatever is not HTML already is escaped. */
export function markup(texts: TemplateStringsArray, ...pieces: Piece[]): Html {
  const parts = texts.map((text, index) => text + textOf(pieces[index] ?? ''));
  return new Html(parts.join(''));
}

function icon(path: string): Html {
  return new Html(`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`);
}

/** Drawn, because not every machine has a font with such signs. */
export const FOLDER_ICON = icon('M3 6h6l2 2h10v11H3z');
export const FILE_ICON = icon('M6 3h8l4 4v14H6zM14 3v4h4');

const STYLE = `
:root { color-scheme: light dark; --line: #8883; --soft: #8881; --link: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
nav { font-size: 1.1rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
th.n, td.n { text-align: right; white-space: nowrap; }
tr:hover td { background: var(--soft); }
td.i { width: 76px; }
td.i img { width: 60px; height: 60px; object-fit: cover; border-radius: 6px; display: block; }
td.i svg { width: 60px; height: 60px; padding: 12px; display: block; fill: none; stroke: currentColor; stroke-width: 1.5; opacity: .6; }
td.w { overflow-wrap: anywhere; }
small, footer { opacity: .7; }
.box { display: none; position: fixed; inset: 0; background: #000d; align-items: center; justify-content: center; }
.box:target { display: flex; }
.box img, .box video { max-width: 94vw; max-height: 94vh; }
.box .close { position: fixed; inset: 0; }
.box .go { position: fixed; top: 50%; padding: 1rem; font-size: 2rem; color: #fff; }
.box .before { left: 0; } .box .after { right: 0; }
.box figure { margin: 0; z-index: 1; }
`;

const SCRIPT = `
addEventListener('keydown', (event) => {
  const box = document.querySelector('.box:target');
  if (!box) return;
  const link = { Escape: '.close', ArrowLeft: '.before', ArrowRight: '.after' }[event.key];
  const found = link && box.querySelector(link);
  if (found) location.replace(found.href);
});
addEventListener('hashchange', () => {
  for (const video of document.querySelectorAll('video')) video.pause();
});
`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What a page of the file browser may do: nothing but show files of this server. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page. */
export function pageOf(title: string, body: Html): string {
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`;
  return text;
}
