export {
  checkImage,
  decodeImage,
  pictureBytes,
  type AlphaPixels,
  type DecodedSize,
} from './decode-image.js';
export { MAX_INPUT_PIXELS, readImageHeader, type ImageHeader } from './image-header.js';
export { IMAGE_WORK_ERRORS, ImageWork } from './image-work.js';
export { AddressRefusedError } from './download/download.errors.js';
export {
  addressProblem,
  Outside,
  redirectOf,
  RESOLVER,
  type Answer,
  type Resolver,
} from './download/outside.js';
export { FilesModule } from './files.module.js';
export {
  LinkRefusedError,
  NoThumbnailError,
  OutputExpiredError,
  PreconditionError,
  RangeError,
} from './files.errors.js';
export { OutputAccess } from './output-access.js';
export { LinkQuery } from './link-query.js';
export { OutputDelivery, type Exchange } from './output-delivery.js';
export { OutputStore } from './output-store.js';
export {
  DEFAULT_QUALITY,
  encodePicture,
  encodePng,
  encodePreview,
  PICTURE_FORMATS,
  resizePixels,
  squareThumbnail,
  type EncodedFile,
  type PictureEncoding,
  type PictureFormat,
  type Pixels,
} from './pictures.js';
export { pictureKind, type PictureKind } from './picture-kind.js';
export { readPictureTexts } from './picture-texts.js';
export { readPngTexts } from './png-text.js';
export { InputRetention } from './input-retention.js';
export { Retention } from './retention.js';
export { THUMBNAIL_ERRORS } from './thumbnails.js';
export { UploadStore } from './upload-store.js';
export { encodeVideo, VIDEO_FORMATS, type VideoFormat, type VideoOptions } from './video.js';
