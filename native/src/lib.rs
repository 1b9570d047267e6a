//! The image engine (stable-diffusion.cpp) as a Node.js addon.

mod callbacks;
mod checked;
mod context;
mod engine_thread;
mod failure;
mod ffi;
mod image;
mod info;
mod names;
mod options;
mod progress;
