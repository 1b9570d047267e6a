import { Injectable } from '@nestjs/common';
import {
  can,
  InsufficientPermissionsError,
  JOB_PERMISSIONS,
  type JobOperation,
  type JobPermissions,
  type Permission,
  type Principal,
} from '../auth/index.js';

/** What a kind needs that nobody does any more: its jobs are history, and no more are made. */
const UNREGISTERED: JobPermissions = {
  ...JOB_PERMISSIONS.generation,
  create: 'system:manage',
  retry: 'system:manage',
};

/** Matches no job: a kind is never empty. */
const NO_KIND: readonly string[] = [''];

/** Which kinds of jobs a caller may do what with. */
@Injectable()
export class JobAccess {
  private readonly kinds = new Map<string, JobPermissions>();

  register(kind: string, permissions: JobPermissions): void {
    this.kinds.set(kind, permissions);
  }

  /** Every kind that jobs are done of. */
  get all(): string[] {
    return [...this.kinds.keys()];
  }

  permissionFor(operation: JobOperation, kind: string): Permission {
    return (this.kinds.get(kind) ?? UNREGISTERED)[operation];
  }

  may(principal: Principal, operation: JobOperation, kind: string): boolean {
    return can(principal, this.permissionFor(operation, kind));
  }

  /** Whether jobs of a kind are there at all for a caller: whoever may create one may follow it to its end. */
  isVisible(principal: Principal, kind: string): boolean {
    return this.may(principal, 'read', kind) || this.may(principal, 'create', kind);
  }

  /** @throws InsufficientPermissionsError */
  assert(principal: Principal, operation: JobOperation, kind: string): void {
    if (this.may(principal, operation, kind)) return;
    throw new InsufficientPermissionsError(this.permissionFor(operation, kind), principal.via);
  }

  /**
   * The kinds of a filter, narrowed to those of which a caller sees the jobs.
   * @param wanted default: all
   * @returns undefined where all jobs may pass
   */
  narrow(principal: Principal, wanted?: readonly string[]): string[] | undefined {
    return this.narrowTo((kind) => this.isVisible(principal, kind), wanted);
  }

  /** The same for those with whose jobs a caller may do something. */
  narrowFor(
    operation: JobOperation,
    principal: Principal,
    wanted?: readonly string[],
  ): string[] | undefined {
    return this.narrowTo((kind) => this.may(principal, operation, kind), wanted);
  }

  private narrowTo(
    passes: (kind: string) => boolean,
    wanted: readonly string[] | undefined,
  ): string[] | undefined {
    const hidden = this.all.filter((kind) => !passes(kind));
    if (hidden.length === 0) return wanted && [...wanted];
    const named = wanted && wanted.length > 0 ? wanted : this.all;
    const kinds = named.filter((kind) => !hidden.includes(kind));
    return kinds.length > 0 ? kinds : [...NO_KIND];
  }
}
