//! The shim's functions, as declared in `shim/engine_shim.h`.

use std::ffi::{c_char, c_int};

use diffusion_rs_sys as sd;

pub const DONE: i32 = 0;
pub const CANCELLED: i32 = 1;

pub type ProgressFn = extern "C" fn(step: i32, steps: i32, seconds: f32) -> bool;
pub type LogFn = extern "C" fn(level: i32, text: *const c_char);
pub type PreviewFn = extern "C" fn(step: i32, frame_count: i32, frames: *const sd::sd_image_t);

unsafe extern "C" {
    pub fn atelier_install(progress: ProgressFn, log: LogFn, preview: PreviewFn);
    pub fn atelier_set_preview(mode: sd::preview_t, denoised: bool, noisy: bool);
    pub fn atelier_new_context(
        params: *const sd::sd_ctx_params_t,
        out: *mut *mut sd::sd_ctx_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_free_context(
        context: *mut sd::sd_ctx_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_generate_image(
        context: *mut sd::sd_ctx_t,
        params: *const sd::sd_img_gen_params_t,
        out: *mut *mut sd::sd_image_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_generate_video(
        context: *mut sd::sd_ctx_t,
        params: *const sd::sd_vid_gen_params_t,
        frames: *mut *mut sd::sd_image_t,
        frame_count: *mut i32,
        audio: *mut *mut sd::sd_audio_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_new_upscaler(
        path: *const c_char,
        direct: bool,
        n_threads: i32,
        tile_size: i32,
        backend: *const c_char,
        params_backend: *const c_char,
        out: *mut *mut sd::upscaler_ctx_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_free_upscaler(
        upscaler: *mut sd::upscaler_ctx_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_upscale(
        upscaler: *mut sd::upscaler_ctx_t,
        input: sd::sd_image_t,
        out: *mut sd::sd_image_t,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_convert(
        input_path: *const c_char,
        vae_path: *const c_char,
        output_path: *const c_char,
        output_type: sd::sd_type_t,
        type_rules: *const c_char,
        convert_name: bool,
        out: *mut bool,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_canny(
        image: sd::sd_image_t,
        high: f32,
        low: f32,
        weak: f32,
        strong: f32,
        inverse: bool,
        out: *mut bool,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_check_pattern(
        pattern: *const c_char,
        what: *mut c_char,
        what_size: usize,
    ) -> i32;
    pub fn atelier_weight_bits(kind: sd::sd_type_t) -> f64;
    pub fn atelier_enum_size(which: c_int) -> i32;
    pub fn atelier_enum_name(which: c_int, index: i32) -> *const c_char;
    pub fn atelier_alloc_pixels(size: usize) -> *mut u8;
    pub fn atelier_free_pixels(pixels: *mut u8);
}
