import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { ROLE_PERMISSIONS, User } from '../auth/index.js';
import { JobAccess } from './job-access.js';
import type { Job } from './job.entity.js';
import { OwnerNotPermittedError } from './queue.errors.js';

/** What the owners of jobs may do now, whatever they could when they asked. */
@Injectable()
export class JobOwners {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly access: JobAccess,
  ) {}

  /** @throws OwnerNotPermittedError where the owner could not create such a job today. */
  async assertPermitted({ ownerId, kind }: Pick<Job, 'ownerId' | 'kind'>): Promise<void> {
    const needed = this.access.permissionFor('create', kind);
    const owner = await this.users.findOneBy({ id: ownerId });
    if (!owner || owner.disabled || !ROLE_PERMISSIONS[owner.role].includes(needed))
      throw new OwnerNotPermittedError(needed);
  }
}
