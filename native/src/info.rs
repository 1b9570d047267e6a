//! What the engine is and what it can run on.

use std::ffi::{CStr, c_char};

use diffusion_rs_sys as sd;
use napi_derive::napi;

/// What the pinned `diffusion-rs-sys` carries; its sources come without the history to tell by.
const ENGINE_COMMIT: &str = "9838264c";
const ENGINE_VERSION: &str = "diffusion-rs-sys 0.1.20";
const UNKNOWN: &str = "unknown";

/// A device the engine can compute on.
#[napi(object, object_from_js = false)]
pub struct Device {
    /// Name as the `backend` option takes it, such as `CPU` or `CUDA0`.
    pub name: String,
    pub description: String,
    #[napi(ts_type = "'cpu' | 'gpu' | 'igpu' | 'accelerator' | 'other'")]
    pub r#type: String,
    /// Bytes; 0 where the driver does not say.
    pub memory_total: f64,
    /// Bytes free at the moment; 0 where the driver does not say.
    pub memory_free: f64,
}

#[napi(object, object_from_js = false)]
pub struct EngineInfo {
    /// Commit of stable-diffusion.cpp.
    pub commit: String,
    /// Version of stable-diffusion.cpp, or the package it came in.
    pub version: String,
    /// Processor features the engine was built with, in its own words.
    pub system_info: String,
    /// The engine's own choice of `nThreads`.
    pub physical_cores: i32,
    pub devices: Vec<Device>,
}

/// What the engine is and what it can run on. The first call initialises the GPU drivers.
#[napi]
pub fn engine_info() -> EngineInfo {
    // SAFETY: these take nothing and return NUL-terminated texts that are never freed.
    unsafe {
        EngineInfo {
            commit: known(text(sd::sd_commit()), ENGINE_COMMIT),
            version: known(text(sd::sd_version()), ENGINE_VERSION),
            system_info: text(sd::sd_get_system_info()).trim().to_owned(),
            physical_cores: sd::sd_get_num_physical_cores(),
            devices: (0..sd::ggml_backend_dev_count()).map(device).collect(),
        }
    }
}

fn known(said: String, carried: &str) -> String {
    if said == UNKNOWN {
        carried.to_owned()
    } else {
        said
    }
}

fn device(index: usize) -> Device {
    let (mut free, mut total) = (0, 0);
    // SAFETY: the index is below the count, and devices are never removed from the registry.
    unsafe {
        let device = sd::ggml_backend_dev_get(index);
        sd::ggml_backend_dev_memory(device, &mut free, &mut total);
        Device {
            name: text(sd::ggml_backend_dev_name(device)),
            description: text(sd::ggml_backend_dev_description(device)),
            r#type: type_name(sd::ggml_backend_dev_type(device)).to_owned(),
            memory_total: total as f64,
            memory_free: free as f64,
        }
    }
}

fn type_name(kind: sd::ggml_backend_dev_type) -> &'static str {
    use sd::ggml_backend_dev_type as Kind;
    match kind {
        Kind::GGML_BACKEND_DEVICE_TYPE_CPU => "cpu",
        Kind::GGML_BACKEND_DEVICE_TYPE_GPU => "gpu",
        Kind::GGML_BACKEND_DEVICE_TYPE_IGPU => "igpu",
        Kind::GGML_BACKEND_DEVICE_TYPE_ACCEL => "accelerator",
        _ => "other",
    }
}

/// # Safety
/// `pointer` must be null or NUL-terminated.
unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: promised by the caller.
    unsafe { CStr::from_ptr(pointer) }
        .to_string_lossy()
        .into_owned()
}
