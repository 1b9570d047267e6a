import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ApiKeyService } from './api-key.service.js';
import { principalOf, type Principal } from './principal.js';
import { User } from './user.entity.js';

/** Characters of a UUID in base64url. */
const ID_LENGTH = 22;

function shortened(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
}

function lengthened(short: string): string | undefined {
  if (short.length !== ID_LENGTH) return undefined;
  const digits = Buffer.from(short, 'base64url').toString('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Who signs for what others may do without a credential, and whether they may still. */
@Injectable()
export class Signers {
  constructor(
    private readonly keys: ApiKeyService,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  /** What stands for a caller, in base64url: the user, and the key where one was shown. */
  nameOf({ userId, keyId }: Principal): string {
    return shortened(userId) + (keyId === undefined ? '' : shortened(keyId));
  }

  /** The user behind a signature, with what their role permits now; undefined where they or their key ended. */
  async find(name: string): Promise<Principal | undefined> {
    const [userId, keyId] = [name.slice(0, ID_LENGTH), name.slice(ID_LENGTH)].map(lengthened);
    if (userId === undefined) return undefined;
    const user = await this.users.findOneBy({ id: userId });
    if (!user || user.disabled) return undefined;
    if (keyId !== undefined && !(await this.keys.isGood(keyId))) return undefined;
    return principalOf(user, { via: keyId === undefined ? 'jwt' : 'api-key', keyId });
  }
}
