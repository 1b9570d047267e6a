use diffusion_rs_sys as sd;
use napi_derive::napi;

use super::sampling::{MAX_STEPS, check_sigmas};
use crate::checked::{Arena, Scope, set};
use crate::failure::Outcome;
use crate::image::MAX_SIDE;
use crate::names;

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
