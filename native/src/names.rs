//! The engine's enums by the names the engine gives them.

use std::ffi::{CStr, c_char, c_int};

use diffusion_rs_sys as sd;
use napi_derive::napi;

use crate::checked::Scope;
use crate::failure::Outcome;
use crate::ffi;

/// The order of `atelier_enum` in `shim/engine_shim.h`.
#[derive(Clone, Copy)]
#[repr(i32)]
enum Kind {
    Samplers,
    Schedulers,
    WeightTypes,
    RngTypes,
    Predictions,
    PreviewModes,
    LoraApplyModes,
    HiresUpscalers,
    VaeFormats,
}

const VAE_FORMATS: [sd::sd_vae_format_t; 4] = [
    sd::sd_vae_format_t::SD_VAE_FORMAT_AUTO,
    sd::sd_vae_format_t::SD_VAE_FORMAT_FLUX,
    sd::sd_vae_format_t::SD_VAE_FORMAT_SD3,
    sd::sd_vae_format_t::SD_VAE_FORMAT_FLUX2,
];

/// The engine has no name function for these; the names are those of its own command line.
const CACHE_MODES: [(&str, sd::sd_cache_mode_t); 7] = [
    ("disabled", sd::sd_cache_mode_t::SD_CACHE_DISABLED),
    ("easycache", sd::sd_cache_mode_t::SD_CACHE_EASYCACHE),
    ("ucache", sd::sd_cache_mode_t::SD_CACHE_UCACHE),
    ("dbcache", sd::sd_cache_mode_t::SD_CACHE_DBCACHE),
    ("taylorseer", sd::sd_cache_mode_t::SD_CACHE_TAYLORSEER),
    ("cache-dit", sd::sd_cache_mode_t::SD_CACHE_CACHE_DIT),
    ("spectrum", sd::sd_cache_mode_t::SD_CACHE_SPECTRUM),
];

/// Every name this build of the engine accepts where an option is one of a list.
#[napi(object, object_from_js = false)]
pub struct EngineNames {
    pub samplers: Vec<String>,
    pub schedulers: Vec<String>,
    pub weight_types: Vec<String>,
    pub rng_types: Vec<String>,
    pub predictions: Vec<String>,
    pub preview_modes: Vec<String>,
    pub lora_apply_modes: Vec<String>,
    pub hires_upscalers: Vec<String>,
    pub cache_modes: Vec<String>,
    pub vae_formats: Vec<String>,
}

/// Reads the lists from the engine.
#[napi]
pub fn engine_names() -> EngineNames {
    EngineNames {
        samplers: names(Kind::Samplers),
        schedulers: names(Kind::Schedulers),
        weight_types: names(Kind::WeightTypes),
        rng_types: names(Kind::RngTypes),
        predictions: names(Kind::Predictions),
        preview_modes: names(Kind::PreviewModes),
        lora_apply_modes: names(Kind::LoraApplyModes),
        hires_upscalers: names(Kind::HiresUpscalers),
        cache_modes: CACHE_MODES
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        vae_formats: names(Kind::VaeFormats),
    }
}

/// Every sampler with its name.
pub fn all_samplers() -> Vec<(String, sd::sample_method_t)> {
    let parse = |name: String| {
        let mut sampler = sd::sample_method_t::SAMPLE_METHOD_COUNT;
        let picked = self::sampler(&mut sampler, &Scope(""), "sampler", Some(name.clone()));
        picked.is_ok().then_some((name, sampler))
    };
    names(Kind::Samplers)
        .into_iter()
        .filter_map(parse)
        .collect()
}

fn names(kind: Kind) -> Vec<String> {
    // SAFETY: both functions take plain numbers; a name is a literal of the engine or null.
    unsafe {
        (0..ffi::atelier_enum_size(kind as c_int))
            .map(|index| ffi::atelier_enum_name(kind as c_int, index))
            .filter(|name| !name.is_null())
            .map(|name| CStr::from_ptr(name).to_string_lossy().into_owned())
            .collect()
    }
}

/// The engine's name of an enum value, by the value's position in the enum.
fn name_of(kind: Kind, index: i32) -> String {
    // SAFETY: as in `names`.
    unsafe {
        let name = ffi::atelier_enum_name(kind as c_int, index);
        if name.is_null() {
            return String::new();
        }
        CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

pub fn sampler_name(value: sd::sample_method_t) -> String {
    name_of(Kind::Samplers, value as i32)
}

pub fn scheduler_name(value: sd::scheduler_t) -> String {
    name_of(Kind::Schedulers, value as i32)
}

fn unknown(at: &Scope, field: &str, known: &[String]) -> crate::failure::Failure {
    at.invalid(field, format!("must be one of {}", known.join(", ")))
}

/// Sets `target` to the value the engine knows by the given name.
fn pick<E>(
    target: &mut E,
    kind: Kind,
    parse: unsafe extern "C" fn(*const c_char) -> E,
    at: &Scope,
    field: &str,
    value: Option<String>,
) -> Outcome<()> {
    let Some(value) = value else { return Ok(()) };
    let known = names(kind);
    if !known.contains(&value) {
        return Err(unknown(at, field, &known));
    }
    let text = at.c_string(field, value)?;
    // SAFETY: the text is NUL-terminated, and for a name the engine listed itself the engine returns a
    // declared value of the enum.
    *target = unsafe { parse(text.as_ptr()) };
    Ok(())
}

macro_rules! pickers {
    ($($name:ident: $kind:ident, $enum:ident, $parse:ident;)*) => {$(
        pub fn $name(
            target: &mut sd::$enum,
            at: &Scope,
            field: &str,
            value: Option<String>,
        ) -> Outcome<()> {
            pick(target, Kind::$kind, sd::$parse, at, field, value)
        }
    )*};
}

pickers! {
    sampler: Samplers, sample_method_t, str_to_sample_method;
    scheduler: Schedulers, scheduler_t, str_to_scheduler;
    weight_type: WeightTypes, sd_type_t, str_to_sd_type;
    rng_type: RngTypes, rng_type_t, str_to_rng_type;
    prediction: Predictions, prediction_t, str_to_prediction;
    preview_mode: PreviewModes, preview_t, str_to_preview;
    lora_apply_mode: LoraApplyModes, lora_apply_mode_t, str_to_lora_apply_mode;
    hires_upscaler: HiresUpscalers, sd_hires_upscaler_t, str_to_sd_hires_upscaler;
}

pub fn cache_mode(
    target: &mut sd::sd_cache_mode_t,
    at: &Scope,
    field: &str,
    value: Option<String>,
) -> Outcome<()> {
    let Some(value) = value else { return Ok(()) };
    let known = CACHE_MODES.iter().find(|(name, _)| *name == value);
    let Some((_, mode)) = known else {
        return Err(unknown(at, field, &engine_names().cache_modes));
    };
    *target = *mode;
    Ok(())
}

pub fn vae_format(
    target: &mut sd::sd_vae_format_t,
    at: &Scope,
    field: &str,
    value: Option<String>,
) -> Outcome<()> {
    let Some(value) = value else { return Ok(()) };
    let known = names(Kind::VaeFormats);
    let position = known.iter().position(|name| *name == value);
    let Some(format) = position.and_then(|position| VAE_FORMATS.get(position)) else {
        return Err(unknown(at, field, &known));
    };
    *target = *format;
    Ok(())
}
