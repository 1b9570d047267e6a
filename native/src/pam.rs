//! Log in with the accounts of the machine.

use napi::bindgen_prelude::Object;
use napi::{Env, Result};
use napi_derive::napi;

use crate::engine_thread::on_own_thread;
use crate::failure::{Code, Failure, Outcome};

/// Asks PAM whether this is the user's password and whether the account may be used now. Runs on a
/// thread of its own, because modules wait on purpose after a wrong password. Linux only.
///
/// Rejects with code `PAM_DENIED` when PAM says no, `PAM_UNAVAILABLE` when it cannot be asked.
#[napi(ts_return_type = "Promise<void>")]
pub fn pam_authenticate<'env>(
    env: &'env Env,
    service: String,
    user: String,
    password: String,
) -> Result<Object<'env>> {
    on_own_thread(env, "pam", move || authenticate(&service, user, password))
}

#[cfg(target_os = "linux")]
fn authenticate(service: &str, user: String, password: String) -> Outcome<()> {
    use pam_client2::conv_mock::Conversation;
    use pam_client2::{Context, ErrorCode, Flag};

    for (field, value) in [
        ("service", service),
        ("user", &user),
        ("password", &password),
    ] {
        if value.contains('\0') {
            return Err(Failure::invalid(field, "must not contain a NUL character"));
        }
    }
    let name = user.clone();
    let conversation = Conversation::with_credentials(user, password);
    let mut context = Context::new(service, Some(&name), conversation)
        .map_err(|error| Failure::new(Code::PamUnavailable, error.to_string()))?;
    let flags = Flag::DISALLOW_NULL_AUTHTOK | Flag::SILENT;
    let asked = context
        .authenticate(flags)
        .and_then(|()| context.acct_mgmt(flags));
    asked.map_err(|error| {
        let code = match error.code() {
            ErrorCode::ABORT
            | ErrorCode::BUF_ERR
            | ErrorCode::OPEN_ERR
            | ErrorCode::SERVICE_ERR
            | ErrorCode::SYMBOL_ERR
            | ErrorCode::SYSTEM_ERR
            | ErrorCode::AUTHINFO_UNAVAIL
            | ErrorCode::MODULE_UNKNOWN => Code::PamUnavailable,
            _ => Code::PamDenied,
        };
        Failure::new(code, error.to_string())
    })
}

#[cfg(not(target_os = "linux"))]
fn authenticate(_: &str, _: String, _: String) -> Outcome<()> {
    Err(Failure::new(
        Code::PamUnavailable,
        "PAM is only asked on Linux",
    ))
}
