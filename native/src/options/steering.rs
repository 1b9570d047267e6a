//! Option groups that pictures and videos share.

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{BigInt, Either};
use napi_derive::napi;

use super::sampling::MAX_STEPS;
use crate::checked::{Arena, Scope, set};
use crate::failure::Outcome;
use crate::ffi;
use crate::image::MAX_SIDE;
use crate::names;
use crate::pacing::Pacer;

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

/// Pictures of the run so far; a setting of the engine that is global, so every run sets it.
#[derive(Clone, Copy)]
pub struct PreviewSettings {
    mode: sd::preview_t,
    interval: i32,
    share: f32,
    denoised: bool,
    noisy: bool,
}

impl PreviewSettings {
    pub fn check(
        mode: Option<String>,
        interval: Option<f64>,
        share: Option<f64>,
        denoised: Option<bool>,
        noisy: Option<bool>,
    ) -> Outcome<PreviewSettings> {
        let at = Scope("");
        let mut settings = PreviewSettings {
            mode: sd::preview_t::PREVIEW_NONE,
            interval: 1,
            share: 1.0,
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
        at.float_in(&mut settings.share, "previewShare", share, 0.0..=1.0)?;
        Ok(settings)
    }

    pub fn is_wanted(&self) -> bool {
        self.mode != sd::preview_t::PREVIEW_NONE
    }

    pub fn pacer(&self) -> Pacer {
        Pacer::new(self.interval, f64::from(self.share))
    }

    /// Tells the engine whether to make a preview at its next step.
    pub fn apply(&self, due: bool) {
        let PreviewSettings {
            mode,
            denoised,
            noisy,
            ..
        } = *self;
        // SAFETY: called on the engine thread, between runs or from its callback between two steps,
        // and the mode is a declared value.
        unsafe { ffi::atelier_set_preview(mode, due && denoised, due && noisy) };
    }
}
