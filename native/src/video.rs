//! Videos on their way out of the engine.

use std::ptr::NonNull;

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::Float32Array;
use napi_derive::napi;

use crate::image::ImageOutput;

/// Sound of a video.
#[napi(object, object_from_js = false)]
pub struct AudioOutput {
    /// Samples per second of one channel.
    pub sample_rate: u32,
    pub channels: u32,
    /// Samples from -1 to 1, the channels taking turns.
    pub data: Float32Array,
}

impl AudioOutput {
    /// Copies the samples and frees the engine's.
    ///
    /// # Safety
    /// `audio` must be what the engine gave away, and not be used afterwards.
    pub unsafe fn take(audio: NonNull<sd::sd_audio_t>) -> AudioOutput {
        // SAFETY: promised by the caller; the samples of all channels lie in one block.
        unsafe {
            let sd::sd_audio_t {
                sample_rate,
                channels,
                sample_count,
                data,
            } = *audio.as_ptr();
            let count = sample_count as usize * channels as usize;
            let samples = match data.is_null() {
                true => Vec::new(),
                false => std::slice::from_raw_parts(data, count).to_vec(),
            };
            sd::free_sd_audio(audio.as_ptr());
            AudioOutput {
                sample_rate,
                channels,
                data: Float32Array::new(samples),
            }
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct VideoOutput {
    /// The engine may make more frames than asked for, to fit the model.
    pub frames: Vec<ImageOutput>,
    /// Frames per second, as asked for.
    pub fps: i32,
    /// Only from models that make sound.
    pub audio: Option<AudioOutput>,
}
