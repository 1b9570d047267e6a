//! Options as JavaScript passes them, and their checked form as the engine takes them.

pub mod cache;
pub mod context;
pub mod hires;
pub mod image;
pub mod sampling;
pub mod steering;
pub mod video;
