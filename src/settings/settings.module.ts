import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/index.js';
import { RuntimeSettings } from './runtime-settings.js';
import { SettingRow } from './setting.entity.js';
import { UserSettingRow } from './user-setting.entity.js';
import { UserSettings } from './user-settings.js';

@Module({
  imports: [AuthModule, TypeOrmModule.forFeature([SettingRow, UserSettingRow])],
  providers: [RuntimeSettings, UserSettings],
  exports: [RuntimeSettings, UserSettings],
})
export class SettingsModule {}
