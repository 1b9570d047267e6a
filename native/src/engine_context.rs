//! The engine's context behind a safe face; lives and dies on the engine thread.

use std::collections::HashMap;
use std::ptr::{self, NonNull};

use diffusion_rs_sys as sd;

use crate::callbacks;
use crate::engine_thread::{Engine, guarded};
use crate::failure::{Code, Failure, Outcome};
use crate::ffi;
use crate::handle::Resident;
use crate::image::{ImageOutput, take_all};
use crate::names;
use crate::options::context::ContextRequest;
use crate::options::image::ImageRequest;
use crate::options::video::VideoRequest;
use crate::video::{AudioOutput, VideoOutput};

pub struct Context(NonNull<sd::sd_ctx_t>);

/// What the engine says of a context once it is loaded.
pub struct Facts {
    pub default_sampler: String,
    pub default_schedulers: HashMap<String, String>,
    pub supports_image: bool,
    pub supports_video: bool,
}

impl Resident for Context {
    fn residents(engine: &mut Engine) -> &mut HashMap<u32, Self> {
        &mut engine.contexts
    }
}

impl Context {
    pub fn load(request: &ContextRequest) -> Outcome<Context> {
        let mut context = ptr::null_mut();
        // SAFETY: the request keeps everything its struct points to alive during the call.
        guarded(|what, size| unsafe {
            ffi::atelier_new_context(request.raw(), &mut context, what, size)
        })?;
        let failed = || Failure::new(Code::LoadFailed, "the engine could not load the model");
        NonNull::new(context).map(Context).ok_or_else(failed)
    }

    pub fn facts(&self) -> Facts {
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

    pub fn generate_image(&self, request: &ImageRequest) -> Outcome<Vec<ImageOutput>> {
        callbacks::show(request.preview);
        let mut images = ptr::null_mut();
        // SAFETY: the context is loaded, this is the only thread that uses it, and the request keeps
        // everything its struct points to alive during the call.
        guarded(|what, size| unsafe {
            ffi::atelier_generate_image(self.0.as_ptr(), request.raw(), &mut images, what, size)
        })?;
        let images = NonNull::new(images).ok_or_else(|| nothing_made("picture"))?;
        // SAFETY: the engine gave away an array of as many pictures as the batch has.
        Ok(unsafe { take_all(images, request.batch_count()) })
    }

    pub fn generate_video(&self, request: &VideoRequest) -> Outcome<VideoOutput> {
        callbacks::show(request.preview);
        let (mut frames, mut count, mut audio) = (ptr::null_mut(), 0, ptr::null_mut());
        // SAFETY: as in `generate_image`.
        guarded(|what, size| unsafe {
            let context = self.0.as_ptr();
            let (out, raw) = ((&mut frames, &mut count, &mut audio), request.raw());
            ffi::atelier_generate_video(context, raw, out.0, out.1, out.2, what, size)
        })?;
        // SAFETY: the engine gave the audio away.
        let audio = NonNull::new(audio).map(|audio| unsafe { AudioOutput::take(audio) });
        let frames = NonNull::new(frames).ok_or_else(|| nothing_made("frame"))?;
        // SAFETY: the engine gave away an array of this length.
        let frames = unsafe { take_all(frames, usize::try_from(count).unwrap_or(0)) };
        Ok(VideoOutput {
            frames,
            fps: request.fps(),
            audio,
        })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // An exception here leaves nothing to do.
        // SAFETY: the context is freed once, on the thread that used it.
        let _ =
            guarded(|what, size| unsafe { ffi::atelier_free_context(self.0.as_ptr(), what, size) });
    }
}

fn nothing_made(thing: &str) -> Failure {
    Failure::new(
        Code::GenerationFailed,
        format!("the engine made no {thing}"),
    )
}
