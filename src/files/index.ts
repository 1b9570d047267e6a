export { FilesModule } from './files.module.js';
export { OutputStore } from './output-store.js';
export { encodePng, previewDataUrl } from './pictures.js';
export { readPngTexts } from './png-text.js';
