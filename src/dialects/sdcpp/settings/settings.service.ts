import { Injectable } from '@nestjs/common';
import { UserSettings } from '../../../settings/index.js';
import type { Forms, Kept, Mode, OutputSettings, Preferences } from './settings.dto.js';

const GENERATION = 'sdcpp.generation';
const PREFERENCES = 'sdcpp.preferences';
const OUTPUT = 'sdcpp.output';

type Generation = Record<Mode, Kept>;

const NO_DEFAULTS: Generation = { txt2img: {}, img2img: {}, txt2vid: {} };

const PREFERENCES_AT_FIRST: Preferences = {
  desktop_notifications: false,
  theme: 'default',
  theme_custom: null,
};

/** What the web UI keeps for each user. */
@Injectable()
export class SdcppSettings {
  constructor(private readonly settings: UserSettings) {}

  async generation(userId: string): Promise<Generation> {
    const kept = await this.settings.get<Partial<Generation>>(userId, GENERATION);
    return { ...NO_DEFAULTS, ...kept };
  }

  async changeGeneration(userId: string, changes: Forms): Promise<Generation> {
    const kept = await this.settings.change<Partial<Generation>>(userId, GENERATION, (now) => ({
      ...now,
      ...changes,
    }));
    return { ...NO_DEFAULTS, ...kept };
  }

  async preferences(userId: string): Promise<Preferences> {
    const kept = await this.settings.get<Preferences>(userId, PREFERENCES);
    return { ...PREFERENCES_AT_FIRST, ...kept };
  }

  async changePreferences(userId: string, changes: Preferences): Promise<Preferences> {
    const kept = await this.settings.change<Preferences>(userId, PREFERENCES, (now) => ({
      ...now,
      ...changes,
    }));
    return { ...PREFERENCES_AT_FIRST, ...kept };
  }

  async output(userId: string): Promise<OutputSettings> {
    const kept = await this.settings.get<OutputSettings>(userId, OUTPUT);
    return kept ?? { output_group_folders: true };
  }

  changeOutput(userId: string, { output_group_folders }: OutputSettings): Promise<OutputSettings> {
    return this.settings.change(userId, OUTPUT, () => ({ output_group_folders }));
  }

  /** Forgets the preferences and with what the forms begin. */
  async reset(userId: string): Promise<void> {
    await this.settings.delete(userId, GENERATION);
    await this.settings.delete(userId, PREFERENCES);
  }
}
