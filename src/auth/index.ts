export { AccessCheck, type HandlerAccess } from './access-check.js';
export { addressRange } from './address-range.js';
export { EarlyAccess } from './early-access.js';
export {
  EVENT_PERMISSIONS,
  JOB_OPERATIONS,
  JOB_PERMISSIONS,
  mayHear,
  type EventName,
  type JobOperation,
  type JobPermissions,
} from './access-table.js';
export { accessOf, Needs, Public, type Access } from './access.js';
export { ApiKeyQuery, CreateApiKeyDto } from './api-key.dto.js';
export { ApiKey } from './api-key.entity.js';
export { ApiKeyService, type CreatedApiKey } from './api-key.service.js';
export { AuditEntry, type AuditDetails } from './audit.entity.js';
export type { AuditAct } from './audit-act.js';
export { AuditService } from './audit.service.js';
export {
  AuthRequiredError,
  CrossOriginError,
  HostNotAllowedError,
  InsufficientPermissionsError,
  InvalidCredentialsError,
  LoginDisabledError,
  LoginUnavailableError,
  TooManyAttemptsError,
} from './auth-errors.js';
export { AuthModule } from './auth.module.js';
export { AuthService, type Handshake } from './auth.service.js';
export { readBasic } from './basic-credential.js';
export { Client, clientOf, type LoginClient } from './client.js';
export { noteCookie } from './credential.js';
export { LoginService } from './login.service.js';
export { MACHINE_ACCOUNTS, type MachineAccounts } from './machine-accounts.js';
export { OriginPolicy } from './origin-policy.js';
export { isSecure } from './public-address.js';
export { PERMISSIONS, ROLE_PERMISSIONS, ROLES, type Permission, type Role } from './permissions.js';
export { Caller, callerOf, can, principalOf, type Principal } from './principal.js';
export type { LoggedIn } from './session.service.js';
export { Signers } from './signers.js';
export { bearerToken } from './token.js';
export { trustedProxies } from './trusted-proxies.js';
export { UnixListener } from './unix-listener.js';
export { User } from './user.entity.js';
export { ANONYMOUS, UserStore } from './user-store.js';
export { CreateUserDto, ResetPasswordDto, UserQuery } from './users.dto.js';
export { UsersService, type AccountWithPassword } from './users.service.js';
