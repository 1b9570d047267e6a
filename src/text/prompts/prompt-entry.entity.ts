import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { User } from '../../auth/index.js';
import { instantColumn } from '../../common/index.js';

/** A prompt that was made better, or was to be. */
@Entity('prompt_history')
@Index('prompt_history_id', ['id'], { unique: true })
@Index('prompt_history_owner_id', ['ownerId', 'sequence'])
export class PromptEntry {
  /** Grows with time. */
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  sequence!: number;

  /** UUID v4. */
  @Column('varchar', { length: 36 })
  id!: string;

  @ForeignKey(() => User, { name: 'prompt_history_owner', onDelete: 'CASCADE' })
  @Column('varchar', { length: 36 })
  ownerId!: string;

  @Column('text')
  original!: string;

  /** Empty where it failed. */
  @Column('text')
  enhanced!: string;

  /** As the endpoint calls it; empty where it failed before one was chosen. */
  @Column('varchar', { length: 255 })
  model!: string;

  @Column('boolean')
  success!: boolean;

  /** Empty where it succeeded. */
  @Column('text')
  errorMessage!: string;

  @Column(instantColumn())
  createdAt!: Date;
}
