/** Injection token of the {@link MachineAccounts}. */
export const MACHINE_ACCOUNTS = Symbol('machine accounts');

/** What only the operating system can say about its accounts. */
export interface MachineAccounts {
  /**
   * Finds out now whether the machine can be asked at all.
   * @throws Error that says what is missing.
   */
  prepare(): void;
  /**
   * User id of the process at the other end of a Unix socket, as of when it connected.
   * @param fd descriptor of the connected socket
   * @throws Error where it is no such socket.
   */
  peerUid(fd: number): number;
  /**
   * Whether PAM takes the password and the account may be used now. May take as long as PAM's modules do.
   * @throws Error where PAM cannot be asked.
   */
  checkPassword(service: string, username: string, password: string): Promise<boolean>;
}
