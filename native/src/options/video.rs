use std::mem::MaybeUninit;

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{BigInt, Either};
use napi_derive::napi;

use super::cache::CacheOptions;
use super::hires::HiresOptions;
use super::image::{place_images, place_one};
use super::sampling::SampleOptions;
use super::steering::{
    LoraOptions, PreviewSettings, TilingOptions, check_seed, check_side, place_loras,
};
use crate::checked::{Arena, Scope};
use crate::failure::Outcome;
use crate::image::ImageInput;

const MAX_FRAMES: i32 = 10_000;

/// One call of the engine for a video. Everything but the prompt and the seed keeps the engine's own
/// default when left out; options that are one of a list take the names of `engineNames()`.
#[napi(object, object_to_js = false)]
pub struct VideoOptions {
    /// As for pictures: no weight in brackets that is no number, and bounded in length.
    pub prompt: String,
    pub negative_prompt: Option<String>,
    /// Text encoder layers to leave out at the end; -1 or 0: the model's own choice, at most 12.
    pub clip_skip: Option<f64>,
    pub loras: Option<Vec<LoraOptions>>,
    /// The first frame.
    pub init_image: Option<ImageInput>,
    /// The last frame.
    pub end_image: Option<ImageInput>,
    /// Frames that guide the video, for models that take them.
    pub control_frames: Option<Vec<ImageInput>>,
    /// A multiple of 8, to 16384; rounded up by the engine where the model needs a larger multiple.
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub sample_params: Option<SampleOptions>,
    /// Sampling of the high-noise model; `sampleSteps` -1: switch at `moeBoundary`.
    pub high_noise_sample_params: Option<SampleOptions>,
    /// Noise level at which the low-noise model takes over, 0 to 1.
    pub moe_boundary: Option<f64>,
    /// 0 to 1.
    pub strength: Option<f64>,
    /// 0 to 2^63 - 1.
    pub seed: Either<f64, BigInt>,
    /// 1 to 10000; rounded by the engine to what the model can do.
    pub video_frames: Option<f64>,
    /// Frames per second, 1 to 240.
    pub fps: Option<f64>,
    pub vace_strength: Option<f64>,
    pub vae_tiling_params: Option<TilingOptions>,
    pub cache: Option<CacheOptions>,
    /// Upscaling of the latent video, for models that have it.
    pub hires: Option<HiresOptions>,
    /// As for pictures; a preview shows the first frame.
    pub preview_mode: Option<String>,
    pub preview_interval: Option<f64>,
    pub preview_share: Option<f64>,
    pub preview_denoised: Option<bool>,
    pub preview_noisy: Option<bool>,
}

pub struct VideoRequest {
    raw: sd::sd_vid_gen_params_t,
    pub preview: PreviewSettings,
    _arena: Arena,
}

// SAFETY: the struct's pointers lead into the arena, which moves along and is not shared.
unsafe impl Send for VideoRequest {}

impl VideoRequest {
    pub fn raw(&self) -> &sd::sd_vid_gen_params_t {
        &self.raw
    }

    pub fn fps(&self) -> i32 {
        self.raw.fps
    }
}

impl VideoOptions {
    pub fn check(self) -> Outcome<VideoRequest> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: the engine writes the whole struct.
        let mut raw: sd::sd_vid_gen_params_t = unsafe {
            sd::sd_vid_gen_params_init(raw.as_mut_ptr());
            raw.assume_init()
        };
        let mut arena = Arena::default();
        let at = Scope("");
        arena.string(&mut raw.prompt, &at, "prompt", Some(self.prompt))?;
        arena.string(
            &mut raw.negative_prompt,
            &at,
            "negativePrompt",
            self.negative_prompt,
        )?;
        at.int(&mut raw.clip_skip, "clipSkip", self.clip_skip, -1..=12)?;
        check_side(&mut raw.width, "width", self.width)?;
        check_side(&mut raw.height, "height", self.height)?;
        at.float_in(
            &mut raw.moe_boundary,
            "moeBoundary",
            self.moe_boundary,
            0.0..=1.0,
        )?;
        at.float_in(&mut raw.strength, "strength", self.strength, 0.0..=1.0)?;
        at.int(
            &mut raw.video_frames,
            "videoFrames",
            self.video_frames,
            1..=MAX_FRAMES,
        )?;
        at.int(&mut raw.fps, "fps", self.fps, 1..=240)?;
        at.float(&mut raw.vace_strength, "vaceStrength", self.vace_strength)?;
        raw.seed = check_seed(self.seed, 1)?;

        (raw.loras, raw.lora_count) = place_loras(&mut arena, self.loras)?;
        let low = self.sample_params.unwrap_or_default();
        low.place(
            &mut raw.sample_params,
            &mut arena,
            &Scope("sampleParams"),
            1,
        )?;
        let high = self.high_noise_sample_params.unwrap_or_default();
        let high_at = Scope("highNoiseSampleParams");
        high.place(&mut raw.high_noise_sample_params, &mut arena, &high_at, -1)?;
        self.vae_tiling_params
            .unwrap_or_default()
            .place(&mut raw.vae_tiling_params, &mut arena)?;
        self.cache
            .unwrap_or_default()
            .place(&mut raw.cache, &mut arena)?;
        self.hires
            .unwrap_or_default()
            .place(&mut raw.hires, &mut arena)?;

        place_one(
            &mut raw.init_image,
            &mut arena,
            "initImage",
            self.init_image,
            &[3],
        )?;
        place_one(
            &mut raw.end_image,
            &mut arena,
            "endImage",
            self.end_image,
            &[3],
        )?;
        let frames = place_images(&mut arena, "controlFrames", self.control_frames)?;
        (raw.control_frames, raw.control_frames_size) = frames;

        let preview = PreviewSettings::check(
            self.preview_mode,
            self.preview_interval,
            self.preview_share,
            self.preview_denoised,
            self.preview_noisy,
        )?;
        Ok(VideoRequest {
            raw,
            preview,
            _arena: arena,
        })
    }
}
