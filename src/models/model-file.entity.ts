import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Identity } from './identify/identify.js';
import type { ModelType } from './model-type.js';

/** What a file's header told, or why it could not be read. */
export interface FileFacts {
  identity: Identity | null;
  /** A sentence; null for a good header. */
  problem: string | null;
  /** As what it was looked at, by its folder. */
  as: ModelType | null;
  /** Which rules were asked. */
  rules: number;
}

/** What is known of one weight file, good for as long as its stamp is that of the file. */
@Entity('model_files')
export class ModelFile {
  /** Absolute. */
  @PrimaryColumn({ type: 'text' })
  path!: string;

  /** Size and date of the file when it was looked at. */
  @Column({ type: 'varchar', length: 64 })
  stamp!: string;

  /** null: not looked at yet. */
  @Column({ type: 'simple-json', nullable: true })
  facts!: FileFacts | null;

  /** Lower-case hex; null: not computed yet. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  sha256!: string | null;

  /** Of the tensors of a safetensors file, without its header. Lower-case hex; null: not computed yet. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  tensorsSha256!: string | null;
}
