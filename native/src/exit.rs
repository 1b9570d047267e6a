//! The end of the process while the engine computes.

use std::sync::atomic::{AtomicBool, Ordering};

use napi_derive::napi;

static BUSY: AtomicBool = AtomicBool::new(false);

pub fn set_busy(busy: bool) {
    BUSY.store(busy, Ordering::Release);
}

/// Prepares for the end of the process: on the way out, C++ destroys tables that a run on the engine
/// thread still uses, and the process would end with a segmentation fault instead of its exit code.
/// The loader calls it on the event `exit`: what is registered last runs first.
#[napi]
pub fn prepare_exit() {
    register();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn register() {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }

    extern "C" fn leave(status: c_int, _: *mut c_void) {
        if BUSY.load(Ordering::Acquire) {
            // SAFETY: flushes what is buffered and ends the process at once, without destructors.
            unsafe {
                libc::fflush(std::ptr::null_mut());
                libc::_exit(status);
            }
        }
    }

    // SAFETY: the function lives as long as the process and does not unwind.
    unsafe { on_exit(leave, std::ptr::null_mut()) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn register() {}
