//! Engine calls that need no loaded model.

use std::ffi::{CString, c_char};
use std::ptr;

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{FunctionRef, Object};
use napi::{Env, Result};
use napi_derive::napi;

use crate::checked::{Arena, Scope};
use crate::engine_thread::{Call, guarded, rejected};
use crate::failure::{Code, Failure, Outcome};
use crate::ffi;
use crate::image::{ImageInput, ImageOutput};
use crate::names;
use crate::options::context::check_type_rules;
use crate::progress::{Progress, Work};
use crate::upscaler::Picture;

#[napi(object, object_to_js = false)]
pub struct ConvertOptions {
    pub input_path: String,
    /// A VAE to put into the result.
    pub vae_path: Option<String>,
    /// Ends in `.safetensors` for that format; anything else is written as GGUF.
    pub output_path: String,
    /// Weight type of the result; default: as in the input.
    pub output_type: Option<String>,
    /// Weight types for tensors by name: `pattern=type,pattern=type`. The engine reserves memory for
    /// `outputType`, or the types of the input, and ends the process when a rule makes tensors larger;
    /// a larger type than `outputType` is refused.
    pub tensor_type_rules: Option<String>,
    /// Rename tensors to the names the engine uses itself. Default: false.
    pub convert_name: Option<bool>,
}

struct ConvertRequest {
    input_path: CString,
    output_path: CString,
    vae_path: *const c_char,
    type_rules: CString,
    output_type: sd::sd_type_t,
    convert_name: bool,
    _arena: Arena,
}

// SAFETY: the pointer leads into the arena, which moves along and is not shared.
unsafe impl Send for ConvertRequest {}

impl ConvertOptions {
    fn check(self) -> Outcome<ConvertRequest> {
        let at = Scope("");
        let (mut vae_path, mut arena) = (ptr::null(), Arena::default());
        arena.string(&mut vae_path, &at, "vaePath", self.vae_path)?;
        let mut output_type = sd::sd_type_t::SD_TYPE_COUNT;
        names::weight_type(&mut output_type, &at, "outputType", self.output_type)?;
        let rules = check_type_rules(&at, self.tensor_type_rules.as_deref())?;
        if weight_bits(output_type) > 0.0
            && rules
                .into_iter()
                .any(|rule| weight_bits(rule) > weight_bits(output_type))
        {
            return Err(at.invalid("tensorTypeRules", "names a larger type than outputType"));
        }
        Ok(ConvertRequest {
            input_path: at.c_string("inputPath", self.input_path)?,
            output_path: at.c_string("outputPath", self.output_path)?,
            vae_path,
            type_rules: at.c_string(
                "tensorTypeRules",
                self.tensor_type_rules.unwrap_or_default(),
            )?,
            output_type,
            convert_name: self.convert_name.unwrap_or(false),
            _arena: arena,
        })
    }
}

fn weight_bits(kind: sd::sd_type_t) -> f64 {
    // SAFETY: takes a plain number.
    unsafe { ffi::atelier_weight_bits(kind) }
}

/// Writes a model file in another format or weight type. Rejects with code `CONVERT_FAILED` when the
/// engine cannot read or write a file. The whole result is held in memory; an unfinished output file
/// is left behind on failure.
#[napi(ts_return_type = "Promise<void>")]
pub fn convert_model<'env>(
    env: &'env Env,
    options: ConvertOptions,
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
    call.start(env, move |_| convert(&request))
}

fn convert(request: &ConvertRequest) -> Outcome<()> {
    let mut converted = false;
    // SAFETY: the request keeps its texts alive during the call.
    guarded(|what, size| unsafe {
        ffi::atelier_convert(
            request.input_path.as_ptr(),
            request.vae_path,
            request.output_path.as_ptr(),
            request.output_type,
            request.type_rules.as_ptr(),
            request.convert_name,
            &mut converted,
            what,
            size,
        )
    })?;
    let failed = || {
        Failure::new(
            Code::ConvertFailed,
            "the engine could not convert the model",
        )
    };
    converted.then_some(()).ok_or_else(failed)
}

/// Thresholds of the edge detector; everything has a default.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct CannyOptions {
    /// Share of the strongest edge from which an edge is sure, 0 to 1. Default: 0.08.
    pub high_threshold: Option<f64>,
    /// Share of `highThreshold` from which an edge counts beside a sure one, 0 to 1. Default: 0.08.
    pub low_threshold: Option<f64>,
    /// Brightness of a weak edge while edges are followed, 0 to 1. Default: 0.8.
    pub weak: Option<f64>,
    /// Brightness of an edge in the result, 0 to 1. Default: 1.
    pub strong: Option<f64>,
    /// Dark edges on white. Default: false.
    pub inverse: Option<bool>,
}

struct Canny {
    high: f32,
    low: f32,
    weak: f32,
    strong: f32,
    inverse: bool,
}

impl CannyOptions {
    /// The defaults are those of the engine's own command line.
    fn check(self) -> Outcome<Canny> {
        let at = Scope("options");
        let inverse = self.inverse.unwrap_or(false);
        let mut canny = Canny {
            high: 0.08,
            low: 0.08,
            weak: 0.8,
            strong: 1.0,
            inverse,
        };
        at.float_in(
            &mut canny.high,
            "highThreshold",
            self.high_threshold,
            0.0..=1.0,
        )?;
        at.float_in(
            &mut canny.low,
            "lowThreshold",
            self.low_threshold,
            0.0..=1.0,
        )?;
        at.float_in(&mut canny.weak, "weak", self.weak, 0.0..=1.0)?;
        at.float_in(&mut canny.strong, "strong", self.strong, 0.0..=1.0)?;
        Ok(canny)
    }
}

/// Finds the edges of an RGB picture at least 4 pixels wide and high; the result has the same size.
#[napi(ts_return_type = "Promise<ImageOutput>")]
pub fn preprocess_canny<'env>(
    env: &'env Env,
    image: ImageInput,
    options: Option<CannyOptions>,
) -> Result<Object<'env>> {
    let checked = Picture::check(image)
        .and_then(|picture| Ok((picture, options.unwrap_or_default().check()?)));
    let (picture, canny) = match checked {
        Ok(checked) => checked,
        Err(failure) => return rejected(env, failure),
    };
    if picture.raw.width.min(picture.raw.height) < 4 {
        return rejected(
            env,
            Failure::invalid("image", "must be at least 4 pixels wide and high"),
        );
    }
    Call::new(Work::Weights).start(env, move |_| edges(&picture, &canny))
}

fn edges(picture: &Picture, canny: &Canny) -> Outcome<ImageOutput> {
    let Canny {
        high,
        low,
        weak,
        strong,
        inverse,
    } = *canny;
    let mut done = false;
    // SAFETY: the picture keeps its pixels, which the engine overwrites, alive during the call.
    guarded(|what, size| unsafe {
        ffi::atelier_canny(
            picture.raw,
            high,
            low,
            weak,
            strong,
            inverse,
            &mut done,
            what,
            size,
        )
    })?;
    // SAFETY: the pixels are still there.
    let output = done
        .then(|| unsafe { ImageOutput::copy_of(&picture.raw) })
        .flatten();
    output.ok_or_else(|| Failure::new(Code::GenerationFailed, "the engine made no picture"))
}
