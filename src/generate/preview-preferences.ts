import { Injectable } from '@nestjs/common';
import { UserSettings } from '../settings/index.js';

/** How a picture in the making is decoded: not at all, by a projection, by the small decoder, by the VAE. */
export const PREVIEW_MODES = ['none', 'proj', 'tae', 'vae'] as const;

export type PreviewMode = (typeof PREVIEW_MODES)[number];

/** What a user wants of the previews of their jobs; what is left out is the house's choice. */
export interface PreviewWishes {
  enabled?: boolean;
  mode?: PreviewMode;
  /** Steps from one preview to the next. */
  interval?: number;
  /** Longest side in pixels. */
  maxSize?: number;
  /** Of the JPEG, 1 to 100. */
  quality?: number;
}

const NAME = 'generate.previews';

/** Each user's own wishes for the previews of their jobs. */
@Injectable()
export class PreviewPreferences {
  constructor(private readonly settings: UserSettings) {}

  /** Only what the user has set. */
  async of(userId: string): Promise<PreviewWishes> {
    return (await this.settings.get<PreviewWishes>(userId, NAME)) ?? {};
  }

  /** Sets some of them, and gives all that are set now. */
  change(userId: string, wishes: PreviewWishes): Promise<PreviewWishes> {
    return this.settings.change<PreviewWishes>(userId, NAME, (now = {}) => ({ ...now, ...wishes }));
  }

  /** Back to the house's choice in everything. */
  async forget(userId: string): Promise<void> {
    await this.settings.delete(userId, NAME);
  }
}
