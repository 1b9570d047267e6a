#include "engine_shim.h"

#include <stdio.h>
#include <stdlib.h>

#include <exception>
#include <regex>

#include "ggml.h"

// Part of the engine but missing from its header.
const char* sd_vae_format_name(enum sd_vae_format_t format);

namespace {

// Deliberately not a std::exception, so that no handler inside the engine takes it for an error of its own.
struct Cancelled {};

atelier_progress_fn progress_fn = nullptr;
atelier_log_fn log_fn           = nullptr;
atelier_preview_fn preview_fn   = nullptr;

void on_progress(int step, int steps, float seconds, void*) {
    if (progress_fn(step, steps, seconds)) {
        throw Cancelled{};
    }
}

void on_log(enum sd_log_level_t level, const char* text, void*) {
    log_fn(static_cast<int32_t>(level), text);
}

void on_preview(int step, int frame_count, sd_image_t* frames, bool, void*) {
    preview_fn(step, frame_count, frames);
}

template <typename Call>
int32_t guarded(char* what, size_t what_size, Call&& call) {
    try {
        call();
        return ATELIER_DONE;
    } catch (const Cancelled&) {
        return ATELIER_CANCELLED;
    } catch (const std::exception& error) {
        snprintf(what, what_size, "%s", error.what());
    } catch (...) {
        snprintf(what, what_size, "%s", "an exception of unknown type");
    }
    return ATELIER_THREW;
}

}  // namespace

extern "C" {

void atelier_install(atelier_progress_fn progress, atelier_log_fn log, atelier_preview_fn preview) {
    progress_fn = progress;
    log_fn      = log;
    preview_fn  = preview;
    sd_set_progress_callback(on_progress, nullptr);
    sd_set_log_callback(on_log, nullptr);
}

void atelier_set_preview(enum preview_t mode, bool denoised, bool noisy) {
    if (mode == PREVIEW_NONE) {
        sd_set_preview_callback(nullptr, PREVIEW_NONE, 1, false, false, nullptr);
        return;
    }
    // The interval is read nowhere in the engine.
    sd_set_preview_callback(on_preview, mode, 1, denoised, noisy, nullptr);
}

int32_t atelier_new_context(const sd_ctx_params_t* params, sd_ctx_t** out, char* what, size_t what_size) {
    return guarded(what, what_size, [&] { *out = new_sd_ctx(params); });
}

int32_t atelier_free_context(sd_ctx_t* context, char* what, size_t what_size) {
    return guarded(what, what_size, [&] { free_sd_ctx(context); });
}

int32_t atelier_generate_image(sd_ctx_t* context, const sd_img_gen_params_t* params, sd_image_t** out, char* what,
                               size_t what_size) {
    return guarded(what, what_size, [&] { *out = generate_image(context, params); });
}

int32_t atelier_generate_video(sd_ctx_t* context, const sd_vid_gen_params_t* params, sd_image_t** frames,
                               int32_t* frame_count, sd_audio_t** audio, char* what, size_t what_size) {
    return guarded(what, what_size, [&] { generate_video(context, params, frames, frame_count, audio); });
}

int32_t atelier_new_upscaler(const char* path, bool direct, int32_t n_threads, int32_t tile_size, const char* backend,
                             const char* params_backend, upscaler_ctx_t** out, char* what, size_t what_size) {
    return guarded(what, what_size, [&] {
        *out = new_upscaler_ctx(path, direct, n_threads, tile_size, backend, params_backend);
    });
}

int32_t atelier_free_upscaler(upscaler_ctx_t* upscaler, char* what, size_t what_size) {
    return guarded(what, what_size, [&] { free_upscaler_ctx(upscaler); });
}

int32_t atelier_upscale(upscaler_ctx_t* upscaler, sd_image_t input, sd_image_t* out, char* what, size_t what_size) {
    return guarded(what, what_size, [&] {
        *out = upscale(upscaler, input, static_cast<uint32_t>(get_upscale_factor(upscaler)));
    });
}

int32_t atelier_convert(const char* input_path, const char* vae_path, const char* output_path,
                        enum sd_type_t output_type, const char* type_rules, bool convert_name, bool* out, char* what,
                        size_t what_size) {
    return guarded(what, what_size, [&] {
        *out = convert(input_path, vae_path, output_path, output_type, type_rules, convert_name);
    });
}

int32_t atelier_canny(sd_image_t image, float high, float low, float weak, float strong, bool inverse, bool* out,
                      char* what, size_t what_size) {
    return guarded(what, what_size, [&] { *out = preprocess_canny(image, high, low, weak, strong, inverse); });
}

int32_t atelier_check_pattern(const char* pattern, char* what, size_t what_size) {
    return guarded(what, what_size, [&] { std::regex compiled(pattern); });
}

double atelier_weight_bits(enum sd_type_t type) {
    if (type >= SD_TYPE_COUNT) {
        return 0;
    }
    const auto weight = static_cast<ggml_type>(type);
    return 8.0 * static_cast<double>(ggml_type_size(weight)) / static_cast<double>(ggml_blck_size(weight));
}

int32_t atelier_enum_size(int32_t which) {
    switch (which) {
        case ATELIER_SAMPLERS:
            return SAMPLE_METHOD_COUNT;
        case ATELIER_SCHEDULERS:
            return SCHEDULER_COUNT;
        case ATELIER_WEIGHT_TYPES:
            return SD_TYPE_COUNT;
        case ATELIER_RNG_TYPES:
            return RNG_TYPE_COUNT;
        case ATELIER_PREDICTIONS:
            return PREDICTION_COUNT;
        case ATELIER_PREVIEW_MODES:
            return PREVIEW_COUNT;
        case ATELIER_LORA_APPLY_MODES:
            return LORA_APPLY_MODE_COUNT;
        case ATELIER_HIRES_UPSCALERS:
            return SD_HIRES_UPSCALER_COUNT;
        case ATELIER_VAE_FORMATS:
            return SD_VAE_FORMAT_COUNT - SD_VAE_FORMAT_AUTO;
        default:
            return 0;
    }
}

const char* atelier_enum_name(int32_t which, int32_t index) {
    if (index < 0 || index >= atelier_enum_size(which)) {
        return nullptr;
    }
    switch (which) {
        case ATELIER_SAMPLERS:
            return sd_sample_method_name(static_cast<sample_method_t>(index));
        case ATELIER_SCHEDULERS:
            return sd_scheduler_name(static_cast<scheduler_t>(index));
        case ATELIER_WEIGHT_TYPES:
            // Removed types keep their number and a name that says so, but have no size.
            return ggml_type_size(static_cast<ggml_type>(index)) == 0 ? nullptr
                                                                      : sd_type_name(static_cast<sd_type_t>(index));
        case ATELIER_RNG_TYPES:
            return sd_rng_type_name(static_cast<rng_type_t>(index));
        case ATELIER_PREDICTIONS:
            return sd_prediction_name(static_cast<prediction_t>(index));
        case ATELIER_PREVIEW_MODES:
            return sd_preview_name(static_cast<preview_t>(index));
        case ATELIER_LORA_APPLY_MODES:
            return sd_lora_apply_mode_name(static_cast<lora_apply_mode_t>(index));
        case ATELIER_HIRES_UPSCALERS:
            return sd_hires_upscaler_name(static_cast<sd_hires_upscaler_t>(index));
        case ATELIER_VAE_FORMATS:
            return sd_vae_format_name(static_cast<sd_vae_format_t>(index + SD_VAE_FORMAT_AUTO));
        default:
            return nullptr;
    }
}

uint8_t* atelier_alloc_pixels(size_t size) {
    return static_cast<uint8_t*>(malloc(size));
}

void atelier_free_pixels(uint8_t* pixels) {
    free(pixels);
}
}
