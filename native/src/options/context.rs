use std::ffi::c_char;
use std::mem::MaybeUninit;

use diffusion_rs_sys as sd;
use napi_derive::napi;

use crate::checked::{Arena, Scope, set};
use crate::engine_thread::guarded;
use crate::failure::Outcome;
use crate::ffi;
use crate::names;

/// Largest number of threads the engine is allowed to start for one context.
pub const MAX_THREADS: i32 = 512;

/// A textual inversion.
#[napi(object, object_to_js = false)]
pub struct Embedding {
    /// The word that stands for it in a prompt.
    pub name: String,
    pub path: String,
}

/// What to load. Everything left out keeps the engine's own default; paths are file paths; options that
/// are one of a list take the names of `engineNames()`.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct ContextOptions {
    /// A checkpoint with all parts in one file.
    pub model_path: Option<String>,
    pub clip_l_path: Option<String>,
    pub clip_g_path: Option<String>,
    pub clip_vision_path: Option<String>,
    #[napi(js_name = "t5xxlPath")]
    pub t5xxl_path: Option<String>,
    /// The language model that encodes the prompt (Qwen, Mistral, ...).
    pub llm_path: Option<String>,
    pub llm_vision_path: Option<String>,
    /// The diffusion model alone, when the parts are in files of their own.
    pub diffusion_model_path: Option<String>,
    pub high_noise_diffusion_model_path: Option<String>,
    pub uncond_diffusion_model_path: Option<String>,
    pub embeddings_connectors_path: Option<String>,
    pub vae_path: Option<String>,
    pub audio_vae_path: Option<String>,
    /// A tiny autoencoder, used instead of the VAE unless `taePreviewOnly`.
    pub taesd_path: Option<String>,
    pub control_net_path: Option<String>,
    pub photo_maker_path: Option<String>,
    pub embeddings: Option<Vec<Embedding>>,
    /// Weight types for tensors by name: `pattern=type,pattern=type`.
    pub tensor_type_rules: Option<String>,
    /// Threads of a computation on the processor, 1 to 512; default `physicalCores` of `engineInfo()`.
    pub n_threads: Option<f64>,
    /// Weight type to convert to while loading; default: as in the file.
    pub wtype: Option<String>,
    pub rng_type: Option<String>,
    /// Default: the same as `rngType`.
    pub sampler_rng_type: Option<String>,
    /// Default: found out from the model.
    pub prediction: Option<String>,
    pub lora_apply_mode: Option<String>,
    pub enable_mmap: Option<bool>,
    pub flash_attn: Option<bool>,
    pub diffusion_flash_attn: Option<bool>,
    /// Use the tiny autoencoder for previews only.
    pub tae_preview_only: Option<bool>,
    pub diffusion_conv_direct: Option<bool>,
    pub vae_conv_direct: Option<bool>,
    /// Pictures that tile seamlessly from left to right.
    pub circular_x: Option<bool>,
    /// Pictures that tile seamlessly from top to bottom.
    pub circular_y: Option<bool>,
    pub force_sdxl_vae_conv_scale: Option<bool>,
    pub chroma_use_dit_mask: Option<bool>,
    pub chroma_use_t5_mask: Option<bool>,
    pub chroma_t5_mask_pad: Option<f64>,
    pub qwen_image_zero_cond_t: Option<bool>,
    pub vae_format: Option<String>,
    /// GiB of device memory to keep weights in while computing; 0: no limit, -1: what is free less 1.
    pub max_vram: Option<f64>,
    /// With `maxVram`: load the next layers while computing.
    pub stream_layers: Option<bool>,
    /// Devices to compute on, for all (`CUDA0`) or by part (`diffusion=CUDA0,vae=CPU`).
    pub backend: Option<String>,
    /// Where weights stay, in the same form; also `disk`.
    pub params_backend: Option<String>,
}

pub struct ContextRequest {
    raw: sd::sd_ctx_params_t,
    _arena: Arena,
}

// SAFETY: the struct's pointers lead into the arena, which moves along and is not shared.
unsafe impl Send for ContextRequest {}

impl ContextRequest {
    pub fn raw(&self) -> &sd::sd_ctx_params_t {
        &self.raw
    }
}

impl ContextOptions {
    pub fn check(self) -> Outcome<ContextRequest> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: the engine writes the whole struct.
        let mut raw: sd::sd_ctx_params_t = unsafe {
            sd::sd_ctx_params_init(raw.as_mut_ptr());
            raw.assume_init()
        };
        let mut arena = Arena::default();
        let at = Scope("");
        check_type_rules(&at, self.tensor_type_rules.as_deref())?;
        let mut text = |target: &mut *const c_char, field: &str, value: Option<String>| {
            arena.string(target, &at, field, value)
        };
        text(&mut raw.model_path, "modelPath", self.model_path)?;
        text(&mut raw.clip_l_path, "clipLPath", self.clip_l_path)?;
        text(&mut raw.clip_g_path, "clipGPath", self.clip_g_path)?;
        text(
            &mut raw.clip_vision_path,
            "clipVisionPath",
            self.clip_vision_path,
        )?;
        text(&mut raw.t5xxl_path, "t5xxlPath", self.t5xxl_path)?;
        text(&mut raw.llm_path, "llmPath", self.llm_path)?;
        text(
            &mut raw.llm_vision_path,
            "llmVisionPath",
            self.llm_vision_path,
        )?;
        text(
            &mut raw.diffusion_model_path,
            "diffusionModelPath",
            self.diffusion_model_path,
        )?;
        text(
            &mut raw.high_noise_diffusion_model_path,
            "highNoiseDiffusionModelPath",
            self.high_noise_diffusion_model_path,
        )?;
        text(
            &mut raw.uncond_diffusion_model_path,
            "uncondDiffusionModelPath",
            self.uncond_diffusion_model_path,
        )?;
        text(
            &mut raw.embeddings_connectors_path,
            "embeddingsConnectorsPath",
            self.embeddings_connectors_path,
        )?;
        text(&mut raw.vae_path, "vaePath", self.vae_path)?;
        text(&mut raw.audio_vae_path, "audioVaePath", self.audio_vae_path)?;
        text(&mut raw.taesd_path, "taesdPath", self.taesd_path)?;
        text(
            &mut raw.control_net_path,
            "controlNetPath",
            self.control_net_path,
        )?;
        text(
            &mut raw.photo_maker_path,
            "photoMakerPath",
            self.photo_maker_path,
        )?;
        text(
            &mut raw.tensor_type_rules,
            "tensorTypeRules",
            self.tensor_type_rules,
        )?;
        text(&mut raw.backend, "backend", self.backend)?;
        text(
            &mut raw.params_backend,
            "paramsBackend",
            self.params_backend,
        )?;

        let embeddings = place_embeddings(&mut arena, self.embeddings.unwrap_or_default())?;
        raw.embedding_count = embeddings.len() as u32;
        raw.embeddings = arena.keep(embeddings);

        at.int(
            &mut raw.n_threads,
            "nThreads",
            self.n_threads,
            1..=MAX_THREADS,
        )?;
        at.int(
            &mut raw.chroma_t5_mask_pad,
            "chromaT5MaskPad",
            self.chroma_t5_mask_pad,
            0..=4096,
        )?;
        at.float_in(&mut raw.max_vram, "maxVram", self.max_vram, -1.0..=65536.0)?;
        names::weight_type(&mut raw.wtype, &at, "wtype", self.wtype)?;
        names::rng_type(&mut raw.rng_type, &at, "rngType", self.rng_type)?;
        let sampler_rng = &mut raw.sampler_rng_type;
        names::rng_type(sampler_rng, &at, "samplerRngType", self.sampler_rng_type)?;
        names::prediction(&mut raw.prediction, &at, "prediction", self.prediction)?;
        let lora_mode = &mut raw.lora_apply_mode;
        names::lora_apply_mode(lora_mode, &at, "loraApplyMode", self.lora_apply_mode)?;
        names::vae_format(&mut raw.vae_format, &at, "vaeFormat", self.vae_format)?;

        set(&mut raw.enable_mmap, self.enable_mmap);
        set(&mut raw.flash_attn, self.flash_attn);
        set(&mut raw.diffusion_flash_attn, self.diffusion_flash_attn);
        set(&mut raw.tae_preview_only, self.tae_preview_only);
        set(&mut raw.diffusion_conv_direct, self.diffusion_conv_direct);
        set(&mut raw.vae_conv_direct, self.vae_conv_direct);
        set(&mut raw.circular_x, self.circular_x);
        set(&mut raw.circular_y, self.circular_y);
        set(
            &mut raw.force_sdxl_vae_conv_scale,
            self.force_sdxl_vae_conv_scale,
        );
        set(&mut raw.chroma_use_dit_mask, self.chroma_use_dit_mask);
        set(&mut raw.chroma_use_t5_mask, self.chroma_use_t5_mask);
        set(&mut raw.qwen_image_zero_cond_t, self.qwen_image_zero_cond_t);
        set(&mut raw.stream_layers, self.stream_layers);
        Ok(ContextRequest { raw, _arena: arena })
    }
}

fn place_embeddings(
    arena: &mut Arena,
    embeddings: Vec<Embedding>,
) -> Outcome<Vec<sd::sd_embedding_t>> {
    let place = |(index, embedding): (usize, Embedding)| {
        let path = format!("embeddings[{index}]");
        let at = Scope(&path);
        let mut raw = sd::sd_embedding_t {
            name: std::ptr::null(),
            path: std::ptr::null(),
        };
        arena.string(&mut raw.name, &at, "name", Some(embedding.name))?;
        arena.string(&mut raw.path, &at, "path", Some(embedding.path))?;
        Ok(raw)
    };
    embeddings.into_iter().enumerate().map(place).collect()
}

/// Checks `pattern=type,pattern=type` and returns the types. The engine compiles the patterns on threads
/// where an exception would end the process, and skips types it does not know.
pub fn check_type_rules(at: &Scope, rules: Option<&str>) -> Outcome<Vec<sd::sd_type_t>> {
    const FIELD: &str = "tensorTypeRules";
    let check = |rule: &str| {
        let Some((pattern, name)) = rule.split_once('=') else {
            return Err(at.invalid(FIELD, format!("has no = in {rule:?}")));
        };
        let text = at.c_string(FIELD, pattern.to_owned())?;
        // SAFETY: the text is NUL-terminated.
        guarded(|what, size| unsafe { ffi::atelier_check_pattern(text.as_ptr(), what, size) })
            .map_err(|_| at.invalid(FIELD, format!("has a bad pattern {pattern:?}")))?;
        let mut kind = sd::sd_type_t::SD_TYPE_COUNT;
        names::weight_type(&mut kind, at, FIELD, Some(name.to_owned()))?;
        Ok(kind)
    };
    rules
        .unwrap_or_default()
        .split(',')
        .filter(|rule| !rule.is_empty())
        .map(check)
        .collect()
}
