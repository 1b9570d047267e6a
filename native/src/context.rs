//! A loaded model, as JavaScript sees it.

use napi::bindgen_prelude::{FunctionRef, Object};
use napi::{Env, Result};
use napi_derive::napi;

use crate::callbacks::Preview;
use crate::engine_context::{Context, Facts};
use crate::engine_thread::{Call, Listeners, rejected};
use crate::failure::{Code, Failure};
use crate::handle::Handle;
use crate::options::context::ContextOptions;
use crate::options::image::ImageOptions;
use crate::options::video::VideoOptions;
use crate::progress::{Progress, Work};

/// A loaded model. All contexts share one engine thread: calls run one after another in the order they
/// were made, and none of them blocks JavaScript.
///
/// Promises reject with an `Error` that has a `code`: `INVALID_ARGUMENT` (with `field`; the engine was
/// not called), `UNSUPPORTED` (by this model), `LOAD_FAILED`, `GENERATION_FAILED` (the engine gave up),
/// `ENGINE_ERROR` (the engine threw a C++ exception; the context stays usable), `CANCELLED` or `FREED`.
/// Where the engine logged warnings or errors during the call, `log` holds the last of them. A value of
/// the wrong JavaScript type throws at once. A failed assertion inside the engine ends the process.
#[napi]
pub struct ImageContext {
    handle: Handle<Context>,
    facts: Facts,
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
        let request = match options.check() {
            Ok(request) => request,
            Err(failure) => return rejected(env, failure),
        };
        let mut call = Call::new(Work::Weights);
        call.listeners.on_progress = on_progress;
        call.start(env, move |engine| {
            let context = Context::load(&request)?;
            let facts = context.facts();
            Ok(ImageContext {
                handle: Handle::settle(engine, context),
                facts,
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
        if !self.facts.supports_image {
            return rejected(env, unsupported("pictures"));
        }
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
        self.handle
            .run(env, call, move |context| context.generate_image(&request))
    }

    /// Makes a video, with sound where the model has any.
    #[napi(ts_return_type = "Promise<VideoOutput>")]
    pub fn generate_video<'env>(
        &self,
        env: &'env Env,
        options: VideoOptions,
        #[napi(ts_arg_type = "(progress: Progress) => void")] on_progress: Option<
            FunctionRef<Progress, ()>,
        >,
        #[napi(ts_arg_type = "(preview: Preview) => void")] on_preview: Option<
            FunctionRef<Preview, ()>,
        >,
    ) -> Result<Object<'env>> {
        if !self.facts.supports_video {
            return rejected(env, unsupported("videos"));
        }
        let request = match options.check() {
            Ok(request) => request,
            Err(failure) => return rejected(env, failure),
        };
        let mut call = Call::new(Work::Generation { batch_count: 1 });
        call.listeners = Listeners {
            on_progress,
            on_preview,
        };
        self.handle
            .run(env, call, move |context| context.generate_video(&request))
    }

    /// Stops the oldest generation of this context that is not over: its promise rejects with code
    /// `CANCELLED`, and the context stays usable. True when there was one to stop.
    ///
    /// A waiting generation never starts. A running one stops at the end of its sampling step or tile;
    /// while it reads weights, encodes the prompt or decodes without tiling it goes on to the end of
    /// that phase, and one that has begun its last phase may still succeed.
    #[napi]
    pub fn cancel(&self) -> bool {
        self.handle.cancel()
    }

    /// Gives the model's memory back, after the calls already made. Calls made afterwards reject with
    /// code `FREED`; freeing again does nothing. A context that is garbage collected frees itself.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn free<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.handle.free(env)
    }
}

fn unsupported(things: &str) -> Failure {
    Failure::new(
        Code::Unsupported,
        format!("this model does not make {things}"),
    )
}
