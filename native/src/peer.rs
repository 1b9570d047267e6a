//! Who is at the other end of a Unix socket.

use napi::{Env, Result};
use napi_derive::napi;

use crate::failure::{Code, Failure, Outcome};

/// The process at the other end of a Unix socket, as of when it connected.
#[napi(object, object_from_js = false)]
pub struct PeerCredentials {
    pub pid: i32,
    pub uid: u32,
    pub gid: u32,
}

/// Reads the credentials the kernel noted for a connected Unix socket. Linux only. Throws an `Error`
/// with code `SYSTEM_ERROR` when `fd` is no such socket.
#[napi]
pub fn peer_credentials(env: &Env, fd: i32) -> Result<PeerCredentials> {
    credentials(fd).map_err(|failure| failure.into_error(env))
}

#[cfg(target_os = "linux")]
fn credentials(fd: i32) -> Outcome<PeerCredentials> {
    let mut peer = libc::ucred {
        pid: 0,
        uid: u32::MAX,
        gid: u32::MAX,
    };
    let mut size = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `size` bytes into `peer`, which has that size.
    let result = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &mut size,
        )
    };
    if result != 0 {
        let error = std::io::Error::last_os_error();
        return Err(Failure::new(
            Code::System,
            format!("no peer credentials: {error}"),
        ));
    }
    // Other kinds of socket answer with nobody.
    if peer.pid == 0 {
        return Err(Failure::new(
            Code::System,
            "no peer credentials: not a connected Unix socket",
        ));
    }
    Ok(PeerCredentials {
        pid: peer.pid,
        uid: peer.uid,
        gid: peer.gid,
    })
}

#[cfg(not(target_os = "linux"))]
fn credentials(_: i32) -> Outcome<PeerCredentials> {
    Err(Failure::new(
        Code::System,
        "peer credentials are only read on Linux",
    ))
}
