export { AccessCheck, type HandlerAccess } from './access-check.js';
export { accessOf, Needs, Public, type Access } from './access.js';
export { AuthRequiredError, InsufficientPermissionsError } from './auth-errors.js';
export { AuthModule } from './auth.module.js';
export { AuthService, type LoggedIn, type LoginClient } from './auth.service.js';
export { PERMISSIONS, ROLE_PERMISSIONS, type Permission, type Role } from './permissions.js';
export { Caller, callerOf, can, type Principal } from './principal.js';
export { bearerToken } from './token.js';
export { User } from './user.entity.js';
