import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { User } from '../../auth/index.js';
import { instantColumn } from '../../common/index.js';
import type { AssistantAction, ToolCallRecord } from './assistant-events.js';

/** What a user said to the assistant, or it to them. */
@Entity('assistant_messages')
@Index('assistant_messages_owner_id', ['ownerId', 'sequence'])
export class AssistantMessage {
  /** Grows with time. */
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  sequence!: number;

  @ForeignKey(() => User, { name: 'assistant_messages_owner', onDelete: 'CASCADE' })
  @Column('varchar', { length: 36 })
  ownerId!: string;

  @Column('varchar', { length: 16 })
  role!: 'user' | 'assistant';

  @Column('text')
  content!: string;

  @Column('text')
  thinking!: string;

  @Column('simple-json')
  actions!: AssistantAction[];

  @Column('simple-json')
  toolCalls!: ToolCallRecord[];

  @Column(instantColumn())
  createdAt!: Date;
}
