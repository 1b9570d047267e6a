//! A loaded model.

use std::collections::{HashMap, VecDeque};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{FunctionRef, Object};
use napi::{Env, Result};
use napi_derive::napi;

use crate::callbacks::Preview;
use crate::engine_thread::{Call, Engine, Listeners, guarded, post, rejected};
use crate::failure::{Code, Failure, Outcome};
use crate::ffi;
use crate::image::{ImageOutput, take_all};
use crate::names;
use crate::options::context::{ContextOptions, ContextRequest};
use crate::options::image::{ImageOptions, ImageRequest};
use crate::progress::{Progress, Work};

/// The engine's context; lives and dies on the engine thread.
pub struct Context(NonNull<sd::sd_ctx_t>);

/// What the engine says of a context once it is loaded.
struct Facts {
    default_sampler: String,
    default_schedulers: HashMap<String, String>,
    supports_image: bool,
    supports_video: bool,
}

impl Context {
    fn load(request: &ContextRequest) -> Outcome<Context> {
        let mut context = ptr::null_mut();
        // SAFETY: the request keeps everything its struct points to alive during the call.
        guarded(|what, size| unsafe {
            ffi::atelier_new_context(request.raw(), &mut context, what, size)
        })?;
        let failed = || Failure::new(Code::LoadFailed, "the engine could not load the model");
        NonNull::new(context).map(Context).ok_or_else(failed)
    }

    fn facts(&self) -> Facts {
        let context = self.0.as_ptr();
        // SAFETY: the context is loaded, and these calls only read it.
        unsafe {
            let schedulers = names::all_samplers().into_iter().map(|(name, sampler)| {
                (
                    name,
                    names::scheduler_name(sd::sd_get_default_scheduler(context, sampler)),
                )
            });
            Facts {
                default_sampler: names::sampler_name(sd::sd_get_default_sample_method(context)),
                default_schedulers: schedulers.collect(),
                supports_image: sd::sd_ctx_supports_image_generation(context),
                supports_video: sd::sd_ctx_supports_video_generation(context),
            }
        }
    }

    fn generate_image(&self, request: &ImageRequest) -> Outcome<Vec<ImageOutput>> {
        request.preview.apply();
        let mut images = ptr::null_mut();
        // SAFETY: the context is loaded, this is the only thread that uses it, and the request keeps
        // everything its struct points to alive during the call.
        guarded(|what, size| unsafe {
            ffi::atelier_generate_image(self.0.as_ptr(), request.raw(), &mut images, what, size)
        })?;
        let images = NonNull::new(images).ok_or_else(nothing_made)?;
        // SAFETY: the engine gave away an array of as many pictures as the batch has.
        Ok(unsafe { take_all(images, request.batch_count()) })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is freed once, on the thread that used it.
        let _ =
            guarded(|what, size| unsafe { ffi::atelier_free_context(self.0.as_ptr(), what, size) });
    }
}

fn nothing_made() -> Failure {
    Failure::new(Code::GenerationFailed, "the engine made no picture")
}

fn freed() -> Failure {
    Failure::new(Code::Freed, "the context was freed")
}

/// The flags that cancel the generations not yet over, oldest first.
#[derive(Clone, Default)]
struct Unfinished(Arc<Mutex<VecDeque<Arc<AtomicBool>>>>);

impl Unfinished {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<AtomicBool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, flag: &Arc<AtomicBool>) {
        self.lock().retain(|other| !Arc::ptr_eq(other, flag));
    }
}

/// A loaded model. All contexts share one engine thread: calls run one after another in the order they
/// were made, and none of them blocks JavaScript.
///
/// Promises reject with an `Error` that has a `code`: `INVALID_ARGUMENT` (with `field`; the engine was
/// not called), `LOAD_FAILED`, `GENERATION_FAILED` (the engine gave up; `log` holds its last warnings
/// and errors), `ENGINE_ERROR` (the engine threw a C++ exception), `CANCELLED` or `FREED`. A failed
/// assertion inside the engine is none of these: it ends the process.
#[napi]
pub struct ImageContext {
    id: u32,
    facts: Facts,
    unfinished: Unfinished,
    freed: AtomicBool,
}

#[napi]
impl ImageContext {
    /// Loads a model. The engine reads the weights when they are first needed, so a damaged file may
    /// pass here and fail the first generation with `GENERATION_FAILED`.
    #[napi(ts_return_type = "Promise<ImageContext>")]
    pub fn load<'env>(
        env: &'env Env,
        options: ContextOptions,
        #[napi(ts_arg_type = "(progress: Progress) => void")] on_progress: Option<
            FunctionRef<Progress, ()>,
        >,
    ) -> Result<Object<'env>> {
        static NEXT_ID: AtomicU32 = AtomicU32::new(1);
        let request = match options.check() {
            Ok(request) => request,
            Err(failure) => return rejected(env, failure),
        };
        let mut call = Call::new(Work::Weights);
        call.listeners = Listeners {
            on_progress,
            on_preview: None,
        };
        call.start(env, move |engine| {
            let context = Context::load(&request)?;
            let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
            let facts = context.facts();
            engine.contexts.insert(id, context);
            let (unfinished, freed) = (Unfinished::default(), AtomicBool::new(false));
            Ok(ImageContext {
                id,
                facts,
                unfinished,
                freed,
            })
        })
    }

    /// The sampler the engine takes for this model when none is named.
    #[napi(getter)]
    pub fn default_sampler(&self) -> &str {
        &self.facts.default_sampler
    }

    /// The scheduler the engine takes for this model and sampler when none is named; null for a sampler
    /// it does not know.
    #[napi]
    pub fn default_scheduler(&self, sampler: String) -> Option<&str> {
        self.facts
            .default_schedulers
            .get(&sampler)
            .map(String::as_str)
    }

    #[napi(getter)]
    pub fn supports_image(&self) -> bool {
        self.facts.supports_image
    }

    #[napi(getter)]
    pub fn supports_video(&self) -> bool {
        self.facts.supports_video
    }

    /// Makes `batchCount` pictures; the seed of the n-th is `seed + n`.
    #[napi(ts_return_type = "Promise<Array<ImageOutput>>")]
    pub fn generate_image<'env>(
        &self,
        env: &'env Env,
        options: ImageOptions,
        #[napi(ts_arg_type = "(progress: Progress) => void")] on_progress: Option<
            FunctionRef<Progress, ()>,
        >,
        #[napi(ts_arg_type = "(preview: Preview) => void")] on_preview: Option<
            FunctionRef<Preview, ()>,
        >,
    ) -> Result<Object<'env>> {
        let request = match options.check() {
            Ok(request) => request,
            Err(failure) => return rejected(env, failure),
        };
        let batch_count = request.batch_count() as i32;
        let mut call = Call::new(Work::Generation { batch_count });
        call.listeners = Listeners {
            on_progress,
            on_preview,
        };
        self.run(env, call, move |context| context.generate_image(&request))
    }

    /// Stops the oldest generation of this context that is not over: its promise rejects with code
    /// `CANCELLED`, and the context stays usable. True when there was one to stop.
    ///
    /// A waiting generation never starts. A running one stops at the end of its sampling step or tile;
    /// while it reads weights, encodes the prompt or decodes without tiling it goes on to the end of
    /// that phase, and one that has begun its last phase may still succeed.
    #[napi]
    pub fn cancel(&self) -> bool {
        let unfinished = self.unfinished.lock();
        let oldest = unfinished.front();
        oldest.is_some_and(|flag| {
            flag.store(true, Ordering::Release);
            true
        })
    }

    /// Gives the model's memory back, after the calls already made. Calls made afterwards reject with
    /// code `FREED`; freeing again does nothing. A context that is garbage collected frees itself.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn free<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.freed.store(true, Ordering::Release);
        let id = self.id;
        Call::new(Work::Weights).start(env, move |engine| {
            engine.contexts.remove(&id);
            Ok(())
        })
    }

    fn run<'env, T: napi::bindgen_prelude::ToNapiValue + Send + 'static>(
        &self,
        env: &'env Env,
        call: Call,
        act: impl FnOnce(&Context) -> Outcome<T> + Send + 'static,
    ) -> Result<Object<'env>> {
        if self.freed.load(Ordering::Acquire) {
            return rejected(env, freed());
        }
        let (id, flag) = (self.id, Arc::clone(&call.cancelled));
        self.unfinished.lock().push_back(Arc::clone(&flag));
        let unfinished = self.unfinished.clone();
        let over = Over { unfinished, flag };
        call.start(env, move |engine: &mut Engine| {
            let _over = over;
            act(engine.contexts.get(&id).ok_or_else(freed)?)
        })
    }
}

/// Takes a generation off the list when it ends, and also when it never starts.
struct Over {
    unfinished: Unfinished,
    flag: Arc<AtomicBool>,
}

impl Drop for Over {
    fn drop(&mut self) {
        self.unfinished.finish(&self.flag);
    }
}

impl Drop for ImageContext {
    fn drop(&mut self) {
        if self.freed.load(Ordering::Acquire) {
            return;
        }
        let id = self.id;
        // Without an engine thread there is nothing to free.
        let _ = post(move |engine| drop(engine.contexts.remove(&id)));
    }
}
