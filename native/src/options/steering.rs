//! Option groups that pictures and videos share.

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{BigInt, Either};
use napi_derive::napi;

use super::sampling::{MAX_STEPS, check_sigmas};
use crate::checked::{Arena, Scope, set};
use crate::failure::Outcome;
use crate::ffi;
use crate::image::MAX_SIDE;
use crate::names;

/// A low-rank adaptation applied to one generation.
#[napi(object, object_to_js = false)]
pub struct LoraOptions {
    pub path: String,
    /// Strength; 1 when left out, may be negative.
    pub multiplier: Option<f64>,
    /// For the high-noise model of a video pair.
    pub is_high_noise: Option<bool>,
}

pub fn place_loras(
    arena: &mut Arena,
    loras: Option<Vec<LoraOptions>>,
) -> Outcome<(*const sd::sd_lora_t, u32)> {
    let place = |(index, lora): (usize, LoraOptions)| {
        let path = format!("loras[{index}]");
        let at = Scope(&path);
        let mut raw = sd::sd_lora_t {
            is_high_noise: lora.is_high_noise.unwrap_or(false),
            multiplier: 1.0,
            path: std::ptr::null(),
        };
        at.float(&mut raw.multiplier, "multiplier", lora.multiplier)?;
        arena.string(&mut raw.path, &at, "path", Some(lora.path))?;
        Ok(raw)
    };
    let placed = loras.unwrap_or_default().into_iter().enumerate().map(place);
    let placed = placed.collect::<Outcome<Vec<_>>>()?;
    let count = placed.len() as u32;
    Ok((arena.keep(placed).cast_const(), count))
}

/// The seed as the engine takes it. The engine would replace a negative seed by one it does not report.
pub fn check_seed(seed: Either<f64, BigInt>, pictures: i32) -> Outcome<i64> {
    let at = Scope("");
    let seed = match seed {
        Either::A(number) if number.fract() == 0.0 && number.abs() <= 9007199254740991.0 => {
            number as i64
        }
        Either::A(_) => return Err(at.invalid("seed", "must be a safe integer or a bigint")),
        Either::B(big) => match big.get_i64() {
            (value, true) => value,
            (_, false) => return Err(at.invalid("seed", "must fit in 63 bits")),
        },
    };
    if seed < 0 {
        return Err(at.invalid("seed", "must not be negative"));
    }
    if seed.checked_add(i64::from(pictures)).is_none() {
        return Err(at.invalid("seed", "leaves no room for the seeds of the batch"));
    }
    Ok(seed)
}

/// Width or height of the result, in pixels.
pub fn check_side(target: &mut i32, field: &str, value: Option<f64>) -> Outcome<()> {
    let at = Scope("");
    at.int(target, field, value, 8..=MAX_SIDE)?;
    if *target % 8 != 0 {
        return Err(at.invalid(field, "must be a multiple of 8"));
    }
    Ok(())
}

/// Splits the VAE's work into tiles, which saves memory.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct TilingOptions {
    pub enabled: Option<bool>,
    /// Also split a video in time.
    pub temporal_tiling: Option<bool>,
    /// Tile width in latent pixels (8 image pixels for most models); below 4 the engine takes 32.
    pub tile_size_x: Option<f64>,
    pub tile_size_y: Option<f64>,
    /// Overlap of neighbours as a share of a tile, 0 to 0.5.
    pub target_overlap: Option<f64>,
    /// Tile width as a share of the picture up to 1, above that as a number of tiles; 0: use `tileSizeX`.
    pub rel_size_x: Option<f64>,
    pub rel_size_y: Option<f64>,
    pub extra_tiling_args: Option<String>,
}

impl TilingOptions {
    pub fn place(self, raw: &mut sd::sd_tiling_params_t, arena: &mut Arena) -> Outcome<()> {
        let at = Scope("vaeTilingParams");
        set(&mut raw.enabled, self.enabled);
        set(&mut raw.temporal_tiling, self.temporal_tiling);
        at.int(
            &mut raw.tile_size_x,
            "tileSizeX",
            self.tile_size_x,
            0..=MAX_SIDE,
        )?;
        at.int(
            &mut raw.tile_size_y,
            "tileSizeY",
            self.tile_size_y,
            0..=MAX_SIDE,
        )?;
        at.float_in(
            &mut raw.target_overlap,
            "targetOverlap",
            self.target_overlap,
            0.0..=0.5,
        )?;
        at.float_in(
            &mut raw.rel_size_x,
            "relSizeX",
            self.rel_size_x,
            0.0..=1024.0,
        )?;
        at.float_in(
            &mut raw.rel_size_y,
            "relSizeY",
            self.rel_size_y,
            0.0..=1024.0,
        )?;
        arena.string(
            &mut raw.extra_tiling_args,
            &at,
            "extraTilingArgs",
            self.extra_tiling_args,
        )
    }
}

/// Reuses results between sampling steps. Which fields count depends on `mode`.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct CacheOptions {
    pub mode: Option<String>,
    pub reuse_threshold: Option<f64>,
    /// Where caching begins, as a share of the steps, 0 to 1.
    pub start_percent: Option<f64>,
    /// Where caching ends, as a share of the steps, 0 to 1.
    pub end_percent: Option<f64>,
    pub error_decay_rate: Option<f64>,
    pub use_relative_threshold: Option<bool>,
    pub reset_error_on_compute: Option<bool>,
    pub fn_compute_blocks: Option<f64>,
    pub bn_compute_blocks: Option<f64>,
    pub residual_diff_threshold: Option<f64>,
    pub max_warmup_steps: Option<f64>,
    /// -1: no limit.
    pub max_cached_steps: Option<f64>,
    /// -1: no limit.
    pub max_continuous_cached_steps: Option<f64>,
    pub taylorseer_n_derivatives: Option<f64>,
    pub taylorseer_skip_interval: Option<f64>,
    /// Which steps to compute, as comma-separated 0 and 1.
    pub scm_mask: Option<String>,
    pub scm_policy_dynamic: Option<bool>,
    pub spectrum_w: Option<f64>,
    pub spectrum_m: Option<f64>,
    pub spectrum_lam: Option<f64>,
    pub spectrum_window_size: Option<f64>,
    pub spectrum_flex_window: Option<f64>,
    pub spectrum_warmup_steps: Option<f64>,
    pub spectrum_stop_percent: Option<f64>,
}

impl CacheOptions {
    pub fn place(self, raw: &mut sd::sd_cache_params_t, arena: &mut Arena) -> Outcome<()> {
        let at = Scope("cache");
        names::cache_mode(&mut raw.mode, &at, "mode", self.mode)?;
        set(&mut raw.use_relative_threshold, self.use_relative_threshold);
        set(&mut raw.reset_error_on_compute, self.reset_error_on_compute);
        set(&mut raw.scm_policy_dynamic, self.scm_policy_dynamic);
        arena.string(&mut raw.scm_mask, &at, "scmMask", self.scm_mask)?;

        let floats = [
            (
                &mut raw.reuse_threshold,
                "reuseThreshold",
                self.reuse_threshold,
                1e6,
            ),
            (
                &mut raw.start_percent,
                "startPercent",
                self.start_percent,
                1.0,
            ),
            (&mut raw.end_percent, "endPercent", self.end_percent, 1.0),
            (
                &mut raw.error_decay_rate,
                "errorDecayRate",
                self.error_decay_rate,
                1.0,
            ),
            (
                &mut raw.residual_diff_threshold,
                "residualDiffThreshold",
                self.residual_diff_threshold,
                1e6,
            ),
            (&mut raw.spectrum_w, "spectrumW", self.spectrum_w, 1e6),
            (&mut raw.spectrum_lam, "spectrumLam", self.spectrum_lam, 1e6),
            (
                &mut raw.spectrum_flex_window,
                "spectrumFlexWindow",
                self.spectrum_flex_window,
                1e3,
            ),
            (
                &mut raw.spectrum_stop_percent,
                "spectrumStopPercent",
                self.spectrum_stop_percent,
                1.0,
            ),
        ];
        for (target, field, value, high) in floats {
            at.float_in(target, field, value, 0.0..=high)?;
        }

        let whole = [
            (
                &mut raw.Fn_compute_blocks,
                "fnComputeBlocks",
                self.fn_compute_blocks,
                0..=1000,
            ),
            (
                &mut raw.Bn_compute_blocks,
                "bnComputeBlocks",
                self.bn_compute_blocks,
                0..=1000,
            ),
            (
                &mut raw.max_warmup_steps,
                "maxWarmupSteps",
                self.max_warmup_steps,
                0..=MAX_STEPS,
            ),
            (
                &mut raw.max_cached_steps,
                "maxCachedSteps",
                self.max_cached_steps,
                -1..=MAX_STEPS,
            ),
            (
                &mut raw.max_continuous_cached_steps,
                "maxContinuousCachedSteps",
                self.max_continuous_cached_steps,
                -1..=MAX_STEPS,
            ),
            (
                &mut raw.taylorseer_n_derivatives,
                "taylorseerNDerivatives",
                self.taylorseer_n_derivatives,
                0..=8,
            ),
            (
                &mut raw.taylorseer_skip_interval,
                "taylorseerSkipInterval",
                self.taylorseer_skip_interval,
                1..=MAX_STEPS,
            ),
            (&mut raw.spectrum_m, "spectrumM", self.spectrum_m, 1..=16),
            (
                &mut raw.spectrum_window_size,
                "spectrumWindowSize",
                self.spectrum_window_size,
                1..=MAX_STEPS,
            ),
            (
                &mut raw.spectrum_warmup_steps,
                "spectrumWarmupSteps",
                self.spectrum_warmup_steps,
                0..=MAX_STEPS,
            ),
        ];
        for (target, field, value, range) in whole {
            at.int(target, field, value, range)?;
        }
        Ok(())
    }
}

/// A second sampling pass at a larger size.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct HiresOptions {
    pub enabled: Option<bool>,
    pub upscaler: Option<String>,
    /// For the upscaler `Model`.
    pub model_path: Option<String>,
    /// Used when no target size is given; the result is rounded up to what the model can do.
    pub scale: Option<f64>,
    pub target_width: Option<f64>,
    pub target_height: Option<f64>,
    /// 0: as many as in the first pass.
    pub steps: Option<f64>,
    /// 0.01 to 1.
    pub denoising_strength: Option<f64>,
    /// Tile side of the model upscaler in pixels, 0 for no tiles, else at least 16.
    pub upscale_tile_size: Option<f64>,
    pub custom_sigmas: Option<Vec<f64>>,
}

impl HiresOptions {
    pub fn place(self, raw: &mut sd::sd_hires_params_t, arena: &mut Arena) -> Outcome<()> {
        let at = Scope("hires");
        set(&mut raw.enabled, self.enabled);
        names::hires_upscaler(&mut raw.upscaler, &at, "upscaler", self.upscaler)?;
        arena.string(&mut raw.model_path, &at, "modelPath", self.model_path)?;
        at.float_in(&mut raw.scale, "scale", self.scale, 0.1..=16.0)?;
        at.int(
            &mut raw.target_width,
            "targetWidth",
            self.target_width,
            0..=MAX_SIDE,
        )?;
        at.int(
            &mut raw.target_height,
            "targetHeight",
            self.target_height,
            0..=MAX_SIDE,
        )?;
        at.int(&mut raw.steps, "steps", self.steps, 0..=MAX_STEPS)?;
        let strength = &mut raw.denoising_strength;
        at.float_in(
            strength,
            "denoisingStrength",
            self.denoising_strength,
            0.01..=1.0,
        )?;
        let tile = &mut raw.upscale_tile_size;
        at.int(
            tile,
            "upscaleTileSize",
            self.upscale_tile_size,
            0..=MAX_SIDE,
        )?;
        if (1..16).contains(tile) {
            return Err(at.invalid("upscaleTileSize", "must be 0 or at least 16"));
        }
        let sigmas = check_sigmas(&at, self.custom_sigmas)?;
        raw.custom_sigmas_count = sigmas.len() as i32;
        raw.custom_sigmas = arena.keep(sigmas);
        Ok(())
    }
}

/// Pictures of the run so far; a setting of the engine that is global, so every run sets it.
pub struct PreviewSettings {
    mode: sd::preview_t,
    interval: i32,
    denoised: bool,
    noisy: bool,
}

impl PreviewSettings {
    pub fn check(
        mode: Option<String>,
        interval: Option<f64>,
        denoised: Option<bool>,
        noisy: Option<bool>,
    ) -> Outcome<PreviewSettings> {
        let at = Scope("");
        let mut settings = PreviewSettings {
            mode: sd::preview_t::PREVIEW_NONE,
            interval: 1,
            denoised: denoised.unwrap_or(true),
            noisy: noisy.unwrap_or(false),
        };
        names::preview_mode(&mut settings.mode, &at, "previewMode", mode)?;
        at.int(
            &mut settings.interval,
            "previewInterval",
            interval,
            1..=MAX_STEPS,
        )?;
        Ok(settings)
    }

    pub fn apply(&self) {
        let PreviewSettings {
            mode,
            interval,
            denoised,
            noisy,
        } = *self;
        // SAFETY: called on the engine thread between runs, and the mode is a declared value.
        unsafe { ffi::atelier_set_preview(mode, interval, denoised, noisy) };
    }
}
