import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../common/index.js';

/** Something about the server that was changed while it ran. */
@Entity('settings')
export class SettingRow {
  /** Of the group of settings, for example `assistant`. */
  @PrimaryColumn('varchar', { length: 100 })
  name!: string;

  /** JSON: what differs from the configured defaults. */
  @Column('text')
  value!: string;

  @Column(instantColumn())
  updatedAt!: Date;
}
