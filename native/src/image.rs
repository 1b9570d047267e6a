//! Pictures on their way in and out of the engine.

use std::ptr::NonNull;

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{BufferSlice, ToNapiValue, TypeName, Uint8Array, ValidateNapiValue};
use napi::{Env, JsValue, ValueType, sys};
use napi_derive::napi;

use crate::checked::{Arena, Scope};
use crate::failure::Outcome;
use crate::ffi;

/// Largest side of a picture, in pixels: keeps every size the engine computes within 32 bits.
pub const MAX_SIDE: i32 = 16384;

/// Raw pixels, row by row from the top, without padding.
#[napi(object, object_to_js = false)]
pub struct ImageInput {
    /// Pixels in a row.
    pub width: f64,
    /// Number of rows.
    pub height: f64,
    /// Bytes of a pixel: 3 (red, green, blue), or 1 where a mask is wanted.
    pub channels: f64,
    /// Exactly `width * height * channels` bytes. Copied before the call returns.
    pub data: Uint8Array,
}

impl ImageInput {
    /// The engine's view of the picture; its pixels live in the arena.
    pub fn place(self, arena: &mut Arena, at: &Scope, channels: &[i32]) -> Outcome<sd::sd_image_t> {
        let (mut width, mut height, mut channel) = (0, 0, 0);
        at.int(&mut width, "width", Some(self.width), 1..=MAX_SIDE)?;
        at.int(&mut height, "height", Some(self.height), 1..=MAX_SIDE)?;
        at.int(&mut channel, "channels", Some(self.channels), 1..=4)?;
        if !channels.contains(&channel) {
            let wanted: Vec<String> = channels.iter().map(i32::to_string).collect();
            return Err(at.invalid("channels", format!("must be {}", wanted.join(" or "))));
        }
        let expected = width as usize * height as usize * channel as usize;
        if self.data.len() != expected {
            let problem = format!("must hold {expected} bytes, not {}", self.data.len());
            return Err(at.invalid("data", problem));
        }
        Ok(sd::sd_image_t {
            width: width as u32,
            height: height as u32,
            channel: channel as u32,
            data: arena.keep(self.data.to_vec()),
        })
    }
}

/// Pixels in memory of the engine's allocator, owned by whoever holds this.
pub struct Pixels {
    data: NonNull<u8>,
    len: usize,
}

// SAFETY: plain memory with one owner.
unsafe impl Send for Pixels {}

impl Pixels {
    /// A copy of pixels the engine only lends; none when memory is short.
    fn copy_of(bytes: &[u8]) -> Option<Pixels> {
        // SAFETY: a plain allocation; null is handled.
        let data = NonNull::new(unsafe { ffi::atelier_alloc_pixels(bytes.len()) })?;
        // SAFETY: the new memory has `bytes.len()` bytes and is nobody else's.
        unsafe { data.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len()) };
        Some(Pixels {
            data,
            len: bytes.len(),
        })
    }
}

impl Drop for Pixels {
    fn drop(&mut self) {
        // SAFETY: the memory came from the same allocator and this is its only owner.
        unsafe { ffi::atelier_free_pixels(self.data.as_ptr()) };
    }
}

impl TypeName for Pixels {
    fn type_name() -> &'static str {
        "Buffer"
    }
    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Pixels {}

impl ToNapiValue for Pixels {
    unsafe fn to_napi_value(env: sys::napi_env, pixels: Self) -> napi::Result<sys::napi_value> {
        let (data, len) = (pixels.data.as_ptr(), pixels.len);
        let owner = Env::from_raw(env);
        // SAFETY: the memory stays valid until the finalizer drops `pixels`, its only owner.
        let buffer = unsafe {
            BufferSlice::from_external(&owner, data, len, pixels, |_, pixels| drop(pixels))?
        };
        Ok(buffer.raw())
    }
}

/// Raw pixels, row by row from the top, without padding.
#[napi(object, object_from_js = false)]
pub struct ImageOutput {
    /// Pixels in a row.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
    /// Bytes of a pixel, 3 in practice (red, green, blue).
    pub channels: u32,
    /// `width * height * channels` bytes; the engine's own memory, not a copy.
    #[napi(ts_type = "Buffer")]
    pub data: Pixels,
}

impl ImageOutput {
    /// Copies a picture the engine only lends, such as a preview frame.
    ///
    /// # Safety
    /// `image.data` must be null or point to `width * height * channel` readable bytes.
    pub unsafe fn copy_of(image: &sd::sd_image_t) -> Option<ImageOutput> {
        let len = byte_length(image);
        if image.data.is_null() || len == 0 {
            return None;
        }
        // SAFETY: promised by the caller.
        let bytes = unsafe { std::slice::from_raw_parts(image.data, len) };
        Some(ImageOutput::with(image, Pixels::copy_of(bytes)?))
    }

    /// Takes over a picture the engine gave away; none when it holds no pixels.
    ///
    /// # Safety
    /// `image.data` must be null or memory of `width * height * channel` bytes from the engine's
    /// allocator that nobody else will free.
    pub unsafe fn take(image: &sd::sd_image_t) -> Option<ImageOutput> {
        let data = NonNull::new(image.data)?;
        Some(ImageOutput::with(
            image,
            Pixels {
                data,
                len: byte_length(image),
            },
        ))
    }

    fn with(image: &sd::sd_image_t, data: Pixels) -> ImageOutput {
        let sd::sd_image_t {
            width,
            height,
            channel,
            ..
        } = *image;
        ImageOutput {
            width,
            height,
            channels: channel,
            data,
        }
    }
}

fn byte_length(image: &sd::sd_image_t) -> usize {
    image.width as usize * image.height as usize * image.channel as usize
}

/// Takes over the engine's array of pictures: the pixels move out, the array itself is freed.
///
/// # Safety
/// `images` must be an array of `count` pictures that the engine gave away.
pub unsafe fn take_all(images: NonNull<sd::sd_image_t>, count: usize) -> Vec<ImageOutput> {
    // SAFETY: promised by the caller.
    let slice = unsafe { std::slice::from_raw_parts(images.as_ptr(), count) };
    // SAFETY: each picture is taken once and the array does not free pixels below.
    let taken = slice
        .iter()
        .filter_map(|image| unsafe { ImageOutput::take(image) })
        .collect();
    // SAFETY: with a count of 0 the engine frees the array and leaves the pixels alone.
    unsafe { sd::free_sd_images(images.as_ptr(), 0) };
    taken
}
