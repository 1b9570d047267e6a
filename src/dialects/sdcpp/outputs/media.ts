import { extname } from 'node:path';
import { AppError } from '../../../common/index.js';

const PICTURES = ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.bmp'];
const VIDEOS = ['.mp4', '.webm', '.avi', '.mov', '.mkv'];

export type Media = 'picture' | 'video';

/** What a file shows, by its name; undefined where it shows nothing. */
export function mediaOf(name: string): Media | undefined {
  const ending = extname(name).toLowerCase();
  if (PICTURES.includes(ending)) return 'picture';
  return VIDEOS.includes(ending) ? 'video' : undefined;
}

/** 400: there are thumbnails of pictures and videos only. */
export class NotMediaError extends AppError {
  constructor() {
    super('NOT_MEDIA', 400, 'Not a media file');
  }
}

/** Pixels of a side of a thumbnail. */
export const THUMBNAIL_SIZE = 120;

/** Stands for the thumbnail of a video. */
export const PLAY_BUTTON = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120" viewBox="0 0 120 120"><rect width="120" height="120" fill="#222"/><circle cx="60" cy="60" r="34" fill="none" stroke="#fff" stroke-width="4"/><path d="M50 42l32 18-32 18z" fill="#fff"/></svg>`;
