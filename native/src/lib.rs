//! The image engine (stable-diffusion.cpp) as a Node.js addon.

mod callbacks;
mod checked;
mod context;
mod engine_context;
mod engine_thread;
mod exit;
mod failure;
mod ffi;
mod handle;
mod image;
mod info;
mod names;
mod options;
mod pacing;
mod pam;
mod peer;
mod progress;
mod tools;
mod upscaler;
mod video;
