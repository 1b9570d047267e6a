import {
  addressRanges,
  fileName,
  integer,
  list,
  longSecret,
  oneOf,
  Setting,
  someOf,
  text,
} from './setting.js';

const ROLES = ['guest', 'user', 'admin'] as const;

/** Ways to prove who is calling (seed stable-diffusion-cpp-rest, "Authentication Methods"). */
export const AUTH_METHODS = ['none', 'jwt', 'api-key', 'unix', 'pam'] as const;

export type AuthMethod = (typeof AUTH_METHODS)[number];

/** Who may come in. */
export class AuthConfig {
  @Setting({
    env: 'ATELIER_AUTH_METHODS',
    parse: someOf(...AUTH_METHODS),
    doc: 'Ways to come in, separated by commas: none (without any credential), jwt (log in with a password kept here), api-key, unix (account of this machine, over the Unix socket or from a proxy in ATELIER_UNIX_USER_PROXIES), pam (log in with a password of this machine).',
  })
  methods: AuthMethod[] = ['jwt', 'api-key'];

  @Setting({
    env: 'ATELIER_ANONYMOUS_ROLE',
    parse: oneOf(...ROLES),
    doc: 'Where the method none is on: role (guest, user, admin) of whoever comes without a credential.',
  })
  anonymousRole: (typeof ROLES)[number] = 'user';
  @Setting({
    env: 'ATELIER_ADMIN_PASSWORD',
    parse: text,
    secret: true,
    doc: 'Password of the first administrator, used only while there is no user yet. Without it a random one is made and shown once.',
    shownDefault: 'a random one, shown once',
  })
  adminPassword = '';

  @Setting({
    env: 'ATELIER_JWT_SECRET',
    parse: longSecret,
    secret: true,
    doc: 'Key that signs the access tokens, at least 32 characters.',
    shownDefault: 'a random one, kept in the data folder',
  })
  jwtSecret = '';

  @Setting({
    env: 'ATELIER_TOKEN_HOURS',
    parse: integer(1, 24 * 365),
    doc: 'Hours until a log in must be renewed.',
  })
  tokenHours = 24;

  @Setting({
    env: 'ATELIER_SESSION_DAYS',
    parse: integer(1, 3650),
    doc: 'Days after a log in until its token can be refreshed no more.',
  })
  sessionDays = 30;

  @Setting({
    env: 'ATELIER_UNIX_ROLE',
    parse: oneOf(...ROLES),
    doc: 'Role (guest, user, admin) of an account of this machine that comes in by the method unix for the first time.',
  })
  unixRole: (typeof ROLES)[number] = 'user';

  @Setting({
    env: 'ATELIER_UNIX_USER_PROXIES',
    parse: addressRanges(),
    doc: 'Where the method unix is on: addresses of proxies, or ranges of them, separated by commas, whose X-Unix-User header is believed, whatever user it names. They must set it themselves and drop what clients send.',
    shownDefault: 'none',
  })
  unixUserProxies: string[] = [];

  @Setting({
    env: 'ATELIER_PAM_SERVICE',
    parse: fileName,
    doc: 'PAM service that is asked: the name of a file in /etc/pam.d.',
  })
  pamService = 'atelier';

  @Setting({
    env: 'ATELIER_PAM_ROLE',
    parse: oneOf(...ROLES),
    doc: 'Role (guest, user, admin) of an account of this machine that logs in by the method pam for the first time.',
  })
  pamRole: (typeof ROLES)[number] = 'user';

  @Setting({
    env: 'ATELIER_PAM_TIMEOUT_SECONDS',
    parse: integer(1, 600),
    doc: 'Seconds that PAM may take for one log in.',
  })
  pamTimeoutSeconds = 30;

  @Setting({
    env: 'ATELIER_MACHINE_ADMINS',
    parse: list(),
    doc: 'Accounts of this machine, separated by commas, that are administrators when they come in by unix or pam. Those that are users here already become so at the start.',
    shownDefault: 'nobody',
  })
  machineAdmins: string[] = [];

  @Setting({
    env: 'ATELIER_AUDIT_DAYS',
    parse: integer(1, 36_500),
    doc: 'Days that entries of the audit log are kept.',
  })
  auditDays = 365;

  @Setting({
    env: 'ATELIER_METRICS_TOKEN',
    parse: longSecret,
    secret: true,
    doc: 'Bearer token with which a program may read /metrics and nothing else, at least 32 characters.',
    shownDefault: 'none: the metrics are for administrators and keys with the scope system:metrics',
  })
  metricsToken = '';
}
