use std::mem::MaybeUninit;

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{BigInt, Either};
use napi_derive::napi;

use super::cache::CacheOptions;
use super::hires::HiresOptions;
use super::sampling::SampleOptions;
use super::steering::{
    LoraOptions, PreviewSettings, TilingOptions, check_seed, check_side, place_loras,
};
use crate::checked::{Arena, Scope, set};
use crate::failure::{Failure, Outcome};
use crate::image::ImageInput;

/// Most pictures of one call; the engine keeps all of them in memory until the last is done.
const MAX_BATCH: i32 = 1024;

/// Makes pictures of the person in the given ones, with a PhotoMaker model loaded.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct PhotoMakerOptions {
    pub id_images: Option<Vec<ImageInput>>,
    pub id_embed_path: Option<String>,
    /// Per cent.
    pub style_strength: Option<f64>,
}

/// One call of the engine. Everything but the prompt and the seed keeps the engine's own default when
/// left out; options that are one of a list take the names of `engineNames()`.
#[napi(object, object_to_js = false)]
pub struct ImageOptions {
    /// The engine reads weights in brackets, `(word:1.3)`; a weight that is no number makes it throw
    /// (`ENGINE_ERROR`). Time and memory grow with the square of the length: bound it.
    pub prompt: String,
    pub negative_prompt: Option<String>,
    /// Text encoder layers to leave out at the end; -1 or 0: the model's own choice, at most 12.
    pub clip_skip: Option<f64>,
    pub loras: Option<Vec<LoraOptions>>,
    /// The picture to start from; scaled to `width` and `height`.
    pub init_image: Option<ImageInput>,
    /// Pictures to edit or to take as reference, for models that do that.
    pub ref_images: Option<Vec<ImageInput>>,
    pub auto_resize_ref_image: Option<bool>,
    pub increase_ref_index: Option<bool>,
    /// White where `initImage` is painted anew; 1 or 3 channels.
    pub mask_image: Option<ImageInput>,
    /// A multiple of 8, to 16384. Some models need a multiple of 16 or more: for these the engine
    /// rounds up, and the result says so by its size.
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub sample_params: Option<SampleOptions>,
    /// How far to go from `initImage`, 0 (not at all) to 1.
    pub strength: Option<f64>,
    /// 0 to 2^63 - 1; the same seed and options give the same bytes.
    pub seed: Either<f64, BigInt>,
    /// 1 to 1024.
    pub batch_count: Option<f64>,
    pub control_image: Option<ImageInput>,
    pub control_strength: Option<f64>,
    pub pm_params: Option<PhotoMakerOptions>,
    pub vae_tiling_params: Option<TilingOptions>,
    pub cache: Option<CacheOptions>,
    pub hires: Option<HiresOptions>,
    /// How previews are made, `none` when left out: `proj` is nearly free and small, `tae` needs a tiny
    /// autoencoder, `vae` decodes in full each time.
    pub preview_mode: Option<String>,
    /// Steps between previews, from 1.
    pub preview_interval: Option<f64>,
    /// Share of the sampling time that previews may take, 0 to 1; without it they take what they take.
    /// It is measured while the call runs, and no preview is made at the last step then.
    pub preview_share: Option<f64>,
    /// Previews of the denoised picture; true when left out.
    pub preview_denoised: Option<bool>,
    /// Previews of the noisy picture before each step; false when left out.
    pub preview_noisy: Option<bool>,
}

pub struct ImageRequest {
    raw: sd::sd_img_gen_params_t,
    pub preview: PreviewSettings,
    _arena: Arena,
}

// SAFETY: the struct's pointers lead into the arena, which moves along and is not shared.
unsafe impl Send for ImageRequest {}

impl ImageRequest {
    pub fn raw(&self) -> &sd::sd_img_gen_params_t {
        &self.raw
    }

    pub fn batch_count(&self) -> usize {
        usize::try_from(self.raw.batch_count).unwrap_or(0)
    }
}

impl ImageOptions {
    pub fn check(self) -> Outcome<ImageRequest> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: the engine writes the whole struct.
        let mut raw: sd::sd_img_gen_params_t = unsafe {
            sd::sd_img_gen_params_init(raw.as_mut_ptr());
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
        at.float_in(&mut raw.strength, "strength", self.strength, 0.0..=1.0)?;
        at.int(
            &mut raw.batch_count,
            "batchCount",
            self.batch_count,
            1..=MAX_BATCH,
        )?;
        raw.seed = check_seed(self.seed, raw.batch_count)?;
        at.float(
            &mut raw.control_strength,
            "controlStrength",
            self.control_strength,
        )?;
        set(&mut raw.auto_resize_ref_image, self.auto_resize_ref_image);
        set(&mut raw.increase_ref_index, self.increase_ref_index);

        (raw.loras, raw.lora_count) = place_loras(&mut arena, self.loras)?;
        let sample_params = self.sample_params.unwrap_or_default();
        sample_params.place(
            &mut raw.sample_params,
            &mut arena,
            &Scope("sampleParams"),
            1,
        )?;
        self.vae_tiling_params
            .unwrap_or_default()
            .place(&mut raw.vae_tiling_params, &mut arena)?;
        self.cache
            .unwrap_or_default()
            .place(&mut raw.cache, &mut arena)?;
        self.hires
            .unwrap_or_default()
            .place(&mut raw.hires, &mut arena)?;
        let gits = raw.sample_params.scheduler == sd::scheduler_t::GITS_SCHEDULER;
        if gits && raw.hires.steps == 1 {
            let problem = "must be 0 or at least 2 with the scheduler gits";
            return Err(Failure::invalid("hires.steps", problem));
        }

        place_one(
            &mut raw.init_image,
            &mut arena,
            "initImage",
            self.init_image,
            &[3],
        )?;
        place_one(
            &mut raw.mask_image,
            &mut arena,
            "maskImage",
            self.mask_image,
            &[1, 3],
        )?;
        place_one(
            &mut raw.control_image,
            &mut arena,
            "controlImage",
            self.control_image,
            &[3],
        )?;
        let images = place_images(&mut arena, "refImages", self.ref_images)?;
        (raw.ref_images, raw.ref_images_count) = images;
        self.pm_params
            .unwrap_or_default()
            .place(&mut raw.pm_params, &mut arena)?;

        let preview = PreviewSettings::check(
            self.preview_mode,
            self.preview_interval,
            self.preview_share,
            self.preview_denoised,
            self.preview_noisy,
        )?;
        Ok(ImageRequest {
            raw,
            preview,
            _arena: arena,
        })
    }
}

impl PhotoMakerOptions {
    fn place(self, raw: &mut sd::sd_pm_params_t, arena: &mut Arena) -> Outcome<()> {
        let at = Scope("pmParams");
        (raw.id_images, raw.id_images_count) =
            place_images(arena, "pmParams.idImages", self.id_images)?;
        arena.string(
            &mut raw.id_embed_path,
            &at,
            "idEmbedPath",
            self.id_embed_path,
        )?;
        at.float_in(
            &mut raw.style_strength,
            "styleStrength",
            self.style_strength,
            0.0..=100.0,
        )
    }
}

pub fn place_one(
    target: &mut sd::sd_image_t,
    arena: &mut Arena,
    field: &str,
    image: Option<ImageInput>,
    channels: &[i32],
) -> Outcome<()> {
    if let Some(image) = image {
        *target = image.place(arena, &Scope(field), channels)?;
    }
    Ok(())
}

/// A list of RGB pictures and its length.
pub fn place_images(
    arena: &mut Arena,
    field: &str,
    images: Option<Vec<ImageInput>>,
) -> Outcome<(*mut sd::sd_image_t, i32)> {
    let mut placed = Vec::new();
    for (index, image) in images.unwrap_or_default().into_iter().enumerate() {
        placed.push(image.place(arena, &Scope(&format!("{field}[{index}]")), &[3])?);
    }
    let count = i32::try_from(placed.len());
    let count = count.map_err(|_| Failure::invalid(field, "holds too many pictures"))?;
    Ok((arena.keep(placed), count))
}
