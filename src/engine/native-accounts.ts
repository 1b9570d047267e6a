import type { MachineAccounts } from '../auth/index.js';
import { loadAddon, type AddonModule } from './load-addon.js';

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** The machine's accounts through the addon, which is loaded only when it is needed. */
export class NativeAccounts implements MachineAccounts {
  private loaded: AddonModule | undefined;

  prepare(): void {
    this.addon();
  }

  peerUid(fd: number): number {
    return this.addon().peerCredentials(fd).uid;
  }

  async checkPassword(service: string, username: string, password: string): Promise<boolean> {
    try {
      await this.addon().pamAuthenticate(service, username, password);
      return true;
    } catch (error) {
      if (codeOf(error) === 'PAM_DENIED') return false;
      throw error;
    }
  }

  private addon(): AddonModule {
    this.loaded ??= loadAddon();
    return this.loaded;
  }
}
