use diffusion_rs_sys as sd;
use napi_derive::napi;

use crate::checked::{Arena, Scope};
use crate::failure::Outcome;
use crate::names;

/// More steps than any schedule has time steps; the engine's memory for them grows with the number.
pub const MAX_STEPS: i32 = 1000;

/// Skip-layer guidance.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct SkipLayerOptions {
    /// Indices of the layers to skip, from 0.
    pub layers: Option<Vec<f64>>,
    /// Where it begins, as a share of the steps, 0 to 1.
    pub layer_start: Option<f64>,
    /// Where it ends, as a share of the steps, 0 to 1.
    pub layer_end: Option<f64>,
    /// 0 switches it off.
    pub scale: Option<f64>,
}

#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct GuidanceOptions {
    /// Classifier-free guidance scale; 1 leaves the negative prompt out.
    pub txt_cfg: Option<f64>,
    /// Guidance scale of the reference image, for models that have one.
    pub img_cfg: Option<f64>,
    /// Guidance that distilled models (Flux) take as an input.
    pub distilled_guidance: Option<f64>,
    pub slg: Option<SkipLayerOptions>,
}

#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct SampleOptions {
    pub guidance: Option<GuidanceOptions>,
    /// Default: the context's `defaultScheduler`.
    pub scheduler: Option<String>,
    /// The sampler; default: the context's `defaultSampler`.
    pub sample_method: Option<String>,
    /// 1 to 1000.
    pub sample_steps: Option<f64>,
    /// Noise a stochastic sampler adds; default: the sampler's own.
    pub eta: Option<f64>,
    pub shifted_timestep: Option<f64>,
    /// Noise levels instead of a schedule: at least 2, none negative.
    pub custom_sigmas: Option<Vec<f64>>,
    /// Default: the model's own.
    pub flow_shift: Option<f64>,
    /// Further settings of samplers and guidance in the engine's own `key=value` form.
    pub extra_sample_args: Option<String>,
}

impl SampleOptions {
    /// `least_steps` is 1, or -1 where the engine takes that for "find out".
    pub fn place(
        self,
        raw: &mut sd::sd_sample_params_t,
        arena: &mut Arena,
        at: &Scope,
        least_steps: i32,
    ) -> Outcome<()> {
        let name = at.name("guidance");
        self.guidance
            .unwrap_or_default()
            .place(&mut raw.guidance, arena, &Scope(&name))?;
        names::scheduler(&mut raw.scheduler, at, "scheduler", self.scheduler)?;
        names::sampler(
            &mut raw.sample_method,
            at,
            "sampleMethod",
            self.sample_method,
        )?;
        at.int(
            &mut raw.sample_steps,
            "sampleSteps",
            self.sample_steps,
            least_steps..=MAX_STEPS,
        )?;
        at.float_in(&mut raw.eta, "eta", self.eta, 0.0..=100.0)?;
        at.int(
            &mut raw.shifted_timestep,
            "shiftedTimestep",
            self.shifted_timestep,
            0..=1000,
        )?;
        at.float_in(
            &mut raw.flow_shift,
            "flowShift",
            self.flow_shift,
            0.0..=1000.0,
        )?;
        let extra = &mut raw.extra_sample_args;
        arena.string(extra, at, "extraSampleArgs", self.extra_sample_args)?;
        let sigmas = check_sigmas(at, self.custom_sigmas)?;
        // The engine reads outside its table of noise levels for a single step.
        let gits = raw.scheduler == sd::scheduler_t::GITS_SCHEDULER;
        if gits && sigmas.is_empty() && raw.sample_steps == 1 {
            return Err(at.invalid("sampleSteps", "must be at least 2 with the scheduler gits"));
        }
        raw.custom_sigmas_count = sigmas.len() as i32;
        raw.custom_sigmas = arena.keep(sigmas);
        Ok(())
    }
}

impl GuidanceOptions {
    fn place(
        self,
        raw: &mut sd::sd_guidance_params_t,
        arena: &mut Arena,
        at: &Scope,
    ) -> Outcome<()> {
        at.float(&mut raw.txt_cfg, "txtCfg", self.txt_cfg)?;
        at.float(&mut raw.img_cfg, "imgCfg", self.img_cfg)?;
        at.float(
            &mut raw.distilled_guidance,
            "distilledGuidance",
            self.distilled_guidance,
        )?;
        let name = at.name("slg");
        let (at, slg) = (Scope(&name), self.slg.unwrap_or_default());
        let mut layers = vec![0; slg.layers.as_ref().map_or(0, Vec::len)];
        for (target, layer) in layers.iter_mut().zip(slg.layers.unwrap_or_default()) {
            at.int(target, "layers", Some(layer), 0..=1000)?;
        }
        raw.slg.layer_count = layers.len();
        raw.slg.layers = arena.keep(layers);
        at.float_in(
            &mut raw.slg.layer_start,
            "layerStart",
            slg.layer_start,
            0.0..=1.0,
        )?;
        at.float_in(&mut raw.slg.layer_end, "layerEnd", slg.layer_end, 0.0..=1.0)?;
        at.float(&mut raw.slg.scale, "scale", slg.scale)
    }
}

pub fn check_sigmas(at: &Scope, sigmas: Option<Vec<f64>>) -> Outcome<Vec<f32>> {
    let Some(sigmas) = sigmas else {
        return Ok(Vec::new());
    };
    let counts = 2..=MAX_STEPS as usize + 1;
    if !counts.contains(&sigmas.len()) {
        let problem = format!("must hold {} to {} numbers", counts.start(), counts.end());
        return Err(at.invalid("customSigmas", problem));
    }
    let sigmas = at.floats("customSigmas", sigmas)?;
    if sigmas.iter().any(|sigma| *sigma < 0.0) {
        return Err(at.invalid("customSigmas", "must not hold negative numbers"));
    }
    Ok(sigmas)
}
