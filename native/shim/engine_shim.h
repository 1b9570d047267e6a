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
void atelier_set_preview(enum preview_t mode, int32_t interval, bool denoised, bool noisy);

// `what` receives the exception's text when the outcome is ATELIER_THREW.
int32_t atelier_new_context(const sd_ctx_params_t* params, sd_ctx_t** out, char* what, size_t what_size);
int32_t atelier_free_context(sd_ctx_t* context, char* what, size_t what_size);
int32_t atelier_generate_image(sd_ctx_t* context, const sd_img_gen_params_t* params, sd_image_t** out, char* what,
                               size_t what_size);

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
