use diffusion_rs_sys as sd;
use napi_derive::napi;

use super::sampling::MAX_STEPS;
use crate::checked::{Arena, Scope, set};
use crate::failure::Outcome;
use crate::names;

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
