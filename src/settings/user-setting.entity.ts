import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { User } from '../auth/index.js';
import { instantColumn } from '../common/index.js';

/** Something that a user wants to be so for themselves; goes with the user. */
@Entity('user_settings')
export class UserSettingRow {
  @ForeignKey(() => User, { name: 'user_settings_user', onDelete: 'CASCADE' })
  @PrimaryColumn('varchar', { length: 36 })
  userId!: string;

  @PrimaryColumn('varchar', { length: 100 })
  name!: string;

  /** JSON. */
  @Column('text')
  value!: string;

  @Column(instantColumn())
  updatedAt!: Date;
}
