// The C face of the shim: engine calls that never let a C++ exception out.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stable-diffusion.h"

extern "C" {

enum atelier_outcome { ATELIER_DONE = 0, ATELIER_CANCELLED = 1, ATELIER_THREW = 2 };

// Returns true to stop the run. Called on the thread that made the engine call.
typedef bool (*atelier_progress_fn)(int32_t step, int32_t steps, float seconds);
// Called on any thread of the engine.
typedef void (*atelier_log_fn)(int32_t level, const char* text);
// `frames` is valid during the call only. Called on the thread that made the engine call.
typedef void (*atelier_preview_fn)(int32_t step, int32_t frame_count, const sd_image_t* frames);

void atelier_install(atelier_progress_fn progress, atelier_log_fn log, atelier_preview_fn preview);
void atelier_set_preview(enum preview_t mode, bool denoised, bool noisy);

// `what` receives the exception's text when the outcome is ATELIER_THREW.
int32_t atelier_new_context(const sd_ctx_params_t* params, sd_ctx_t** out, char* what, size_t what_size);
int32_t atelier_free_context(sd_ctx_t* context, char* what, size_t what_size);
int32_t atelier_generate_image(sd_ctx_t* context, const sd_img_gen_params_t* params, sd_image_t** out, char* what,
                               size_t what_size);

int32_t atelier_generate_video(sd_ctx_t* context, const sd_vid_gen_params_t* params, sd_image_t** frames,
                               int32_t* frame_count, sd_audio_t** audio, char* what, size_t what_size);

int32_t atelier_new_upscaler(const char* path, bool direct, int32_t n_threads, int32_t tile_size, const char* backend,
                             const char* params_backend, upscaler_ctx_t** out, char* what, size_t what_size);
int32_t atelier_free_upscaler(upscaler_ctx_t* upscaler, char* what, size_t what_size);
int32_t atelier_upscale(upscaler_ctx_t* upscaler, sd_image_t input, sd_image_t* out, char* what, size_t what_size);

int32_t atelier_convert(const char* input_path, const char* vae_path, const char* output_path,
                        enum sd_type_t output_type, const char* type_rules, bool convert_name, bool* out, char* what,
                        size_t what_size);
// Overwrites the picture.
int32_t atelier_canny(sd_image_t image, float high, float low, float weak, float strong, bool inverse, bool* out,
                      char* what, size_t what_size);

// ATELIER_THREW when the engine could not compile the regular expression.
int32_t atelier_check_pattern(const char* pattern, char* what, size_t what_size);

// Average bits of a weight; 0 for SD_TYPE_COUNT.
double atelier_weight_bits(enum sd_type_t type);

// Names of an enum in the engine's own words; null for a value that has none.
enum atelier_enum {
    ATELIER_SAMPLERS,
    ATELIER_SCHEDULERS,
    ATELIER_WEIGHT_TYPES,
    ATELIER_RNG_TYPES,
    ATELIER_PREDICTIONS,
    ATELIER_PREVIEW_MODES,
    ATELIER_LORA_APPLY_MODES,
    ATELIER_HIRES_UPSCALERS,
    ATELIER_VAE_FORMATS,
};
int32_t atelier_enum_size(int32_t which);
const char* atelier_enum_name(int32_t which, int32_t index);

// Memory of the kind the engine hands out with its images.
uint8_t* atelier_alloc_pixels(size_t size);
void atelier_free_pixels(uint8_t* pixels);
}
