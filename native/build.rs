//! Compiles the shim against the headers that `diffusion-rs-sys` installed while building the engine.

use std::env;
use std::fs;
use std::path::PathBuf;

/// Log lines of the engine that `src/callbacks.rs` reads to tell what a progress call is about.
const LOG_LINES: [(&str, &str); 3] = [
    ("src/model_loader.cpp", "loading %zu/%zu tensors from"),
    ("src/model_loader.cpp", "loading tensors completed"),
    ("src/core/ggml_extend.hpp", "processing %i tiles"),
];

fn main() {
    napi_build::setup();

    let engine = PathBuf::from(
        env::var("DEP_STABLE_DIFFUSION_ROOT").expect("diffusion-rs-sys names its output folder"),
    );
    for (file, line) in LOG_LINES {
        let path = engine.join("stable-diffusion.cpp").join(file);
        let source = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        assert!(
            source.contains(line),
            "{} no longer logs {line:?}",
            path.display()
        );
    }

    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .file("shim/engine_shim.cpp")
        .include(engine.join("include"))
        .compile("engine_shim");
    println!("cargo:rerun-if-changed=shim");

    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-link-lib=gomp");
    }
}
