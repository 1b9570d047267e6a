//! An upscaling model (ESRGAN).

use std::collections::HashMap;
use std::ffi::{CString, c_char};
use std::ptr::{self, NonNull};

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{FunctionRef, Object};
use napi::{Env, Result};
use napi_derive::napi;

use crate::checked::{Arena, Scope};
use crate::engine_thread::{Call, Engine, guarded, rejected};
use crate::failure::{Code, Failure, Outcome};
use crate::ffi;
use crate::handle::{Handle, Resident};
use crate::image::{ImageInput, ImageOutput, MAX_SIDE};
use crate::options::context::MAX_THREADS;
use crate::progress::{Progress, Work};

/// What to load. Everything but the path keeps a default when left out.
#[napi(object, object_to_js = false)]
pub struct UpscalerOptions {
    /// An ESRGAN model (RRDB network).
    pub model_path: String,
    /// Convolve directly: slower or faster depending on the device, with less memory. Default: false.
    pub direct: Option<bool>,
    /// 1 to 512; default `physicalCores` of `engineInfo()`.
    pub n_threads: Option<f64>,
    /// Tile side in pixels of the input, at least 16, or 0 for no tiles. Default: 128.
    pub tile_size: Option<f64>,
    pub backend: Option<String>,
    pub params_backend: Option<String>,
}

struct UpscalerRequest {
    path: CString,
    direct: bool,
    n_threads: i32,
    tile_size: i32,
    backend: *const c_char,
    params_backend: *const c_char,
    _arena: Arena,
}

// SAFETY: the pointers lead into the arena, which moves along and is not shared.
unsafe impl Send for UpscalerRequest {}

impl UpscalerOptions {
    fn check(self) -> Outcome<UpscalerRequest> {
        let at = Scope("");
        let (mut backend, mut params_backend, mut arena) =
            (ptr::null(), ptr::null(), Arena::default());
        arena.string(&mut backend, &at, "backend", self.backend)?;
        arena.string(
            &mut params_backend,
            &at,
            "paramsBackend",
            self.params_backend,
        )?;
        // SAFETY: takes nothing and only counts.
        let mut n_threads = unsafe { sd::sd_get_num_physical_cores() };
        at.int(&mut n_threads, "nThreads", self.n_threads, 1..=MAX_THREADS)?;
        let mut tile_size = 128;
        at.int(&mut tile_size, "tileSize", self.tile_size, 0..=MAX_SIDE)?;
        if (1..16).contains(&tile_size) {
            return Err(at.invalid("tileSize", "must be 0 or at least 16"));
        }
        Ok(UpscalerRequest {
            path: at.c_string("modelPath", self.model_path)?,
            direct: self.direct.unwrap_or(false),
            n_threads,
            tile_size,
            backend,
            params_backend,
            _arena: arena,
        })
    }
}

/// The engine's upscaler; lives and dies on the engine thread.
pub struct EngineUpscaler(NonNull<sd::upscaler_ctx_t>);

impl Resident for EngineUpscaler {
    fn residents(engine: &mut Engine) -> &mut HashMap<u32, Self> {
        &mut engine.upscalers
    }
}

impl EngineUpscaler {
    fn load(request: &UpscalerRequest) -> Outcome<EngineUpscaler> {
        let mut upscaler = ptr::null_mut();
        // SAFETY: the request keeps its texts alive during the call.
        guarded(|what, size| unsafe {
            ffi::atelier_new_upscaler(
                request.path.as_ptr(),
                request.direct,
                request.n_threads,
                request.tile_size,
                request.backend,
                request.params_backend,
                &mut upscaler,
                what,
                size,
            )
        })?;
        let failed = || Failure::new(Code::LoadFailed, "the engine could not load the upscaler");
        NonNull::new(upscaler)
            .map(EngineUpscaler)
            .ok_or_else(failed)
    }

    fn factor(&self) -> i32 {
        // SAFETY: the upscaler is loaded and only read.
        unsafe { sd::get_upscale_factor(self.0.as_ptr()) }
    }

    fn upscale(&self, input: &Picture) -> Outcome<ImageOutput> {
        let mut output = sd::sd_image_t {
            width: 0,
            height: 0,
            channel: 0,
            data: ptr::null_mut(),
        };
        // SAFETY: the upscaler is loaded, this is the only thread that uses it, and the picture keeps
        // its pixels alive during the call.
        guarded(|what, size| unsafe {
            ffi::atelier_upscale(self.0.as_ptr(), input.raw, &mut output, what, size)
        })?;
        // SAFETY: the engine gave the picture away.
        let output = unsafe { ImageOutput::take(&output) };
        output.ok_or_else(|| Failure::new(Code::GenerationFailed, "the engine made no picture"))
    }
}

impl Drop for EngineUpscaler {
    fn drop(&mut self) {
        // An exception here leaves nothing to do.
        // SAFETY: the upscaler is freed once, on the thread that used it.
        let _ = guarded(|what, size| unsafe {
            ffi::atelier_free_upscaler(self.0.as_ptr(), what, size)
        });
    }
}

/// An RGB picture with the memory it needs.
pub struct Picture {
    pub raw: sd::sd_image_t,
    _arena: Arena,
}

// SAFETY: the pixels lie in the arena, which moves along and is not shared.
unsafe impl Send for Picture {}

impl Picture {
    pub fn check(image: ImageInput) -> Outcome<Picture> {
        let mut arena = Arena::default();
        let raw = image.place(&mut arena, &Scope("image"), &[3])?;
        Ok(Picture { raw, _arena: arena })
    }
}

/// A loaded upscaling model. Shares the engine thread with every `ImageContext`, and rejects with the
/// same codes.
#[napi]
pub struct Upscaler {
    handle: Handle<EngineUpscaler>,
    factor: i32,
}

#[napi]
impl Upscaler {
    /// Loads a model; the weights are read with the first picture.
    #[napi(ts_return_type = "Promise<Upscaler>")]
    pub fn load<'env>(
        env: &'env Env,
        options: UpscalerOptions,
        #[napi(ts_arg_type = "(progress: Progress) => void")] on_progress: Option<
            FunctionRef<Progress, ()>,
        >,
    ) -> Result<Object<'env>> {
        let request = match options.check() {
            Ok(request) => request,
            Err(failure) => return rejected(env, failure),
        };
        let mut call = Call::new(Work::Weights);
        call.listeners.on_progress = on_progress;
        call.start(env, move |engine| {
            let upscaler = EngineUpscaler::load(&request)?;
            let factor = upscaler.factor();
            Ok(Upscaler {
                handle: Handle::settle(engine, upscaler),
                factor,
            })
        })
    }

    /// How many times larger each side becomes: a property of the model.
    #[napi(getter)]
    pub fn factor(&self) -> i32 {
        self.factor
    }

    /// Enlarges a picture. Progress has the phase `upscaling`, in tiles.
    #[napi(ts_return_type = "Promise<ImageOutput>")]
    pub fn upscale<'env>(
        &self,
        env: &'env Env,
        image: ImageInput,
        #[napi(ts_arg_type = "(progress: Progress) => void")] on_progress: Option<
            FunctionRef<Progress, ()>,
        >,
    ) -> Result<Object<'env>> {
        let input = match Picture::check(image) {
            Ok(input) => input,
            Err(failure) => return rejected(env, failure),
        };
        let longest = input.raw.width.max(input.raw.height) as i32;
        if longest > MAX_SIDE / self.factor.max(1) {
            let problem = format!("times {} is wider or higher than {MAX_SIDE}", self.factor);
            return rejected(env, Failure::invalid("image", problem));
        }
        let mut call = Call::new(Work::Upscaling);
        call.listeners.on_progress = on_progress;
        self.handle
            .run(env, call, move |upscaler| upscaler.upscale(&input))
    }

    /// As `ImageContext.cancel`: takes effect at the end of a tile.
    #[napi]
    pub fn cancel(&self) -> bool {
        self.handle.cancel()
    }

    /// As `ImageContext.free`.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn free<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.handle.free(env)
    }
}
