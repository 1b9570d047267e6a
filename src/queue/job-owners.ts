import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { ROLE_PERMISSIONS, User } from '../auth/index.js';
import { EventBus } from '../events/index.js';
import { JobAccess } from './job-access.js';
import type { Job } from './job.entity.js';
import { OwnerNotPermittedError } from './queue.errors.js';

type OwnedJob = Pick<Job, 'ownerId' | 'kind'>;

/** What the owners of jobs may do now, whatever they could when they asked. */
@Injectable()
export class JobOwners {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly access: JobAccess,
    private readonly events: EventBus,
  ) {}

  /** @throws OwnerNotPermittedError where the owner could not create such a job today. */
  async assertPermitted({ ownerId, kind }: OwnedJob): Promise<void> {
    const needed = this.access.permissionFor('create', kind);
    const owner = await this.users.findOneBy({ id: ownerId });
    if (!owner || owner.disabled || !ROLE_PERMISSIONS[owner.role].includes(needed))
      throw new OwnerNotPermittedError(needed);
  }

  /** Calls back when the owner loses the permission; the returned function ends the watch. */
  onLoss(job: OwnedJob, action: (error: OwnerNotPermittedError) => void): () => void {
    return this.events.on('user.changed', ({ userId }) => {
      if (userId !== job.ownerId) return;
      void this.assertPermitted(job).catch((error: unknown) => {
        // What could not be looked up is no loss.
        if (error instanceof OwnerNotPermittedError) action(error);
      });
    });
  }
}
