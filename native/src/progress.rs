//! Tells what a progress call of the engine is about: the engine reports weights, sampling steps and
//! tiles through one callback, as bare numbers.

use napi_derive::napi;

/// How far a call has come.
#[napi(object, object_from_js = false)]
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// `loading`: weights are read, counted in tensors. They are read when first needed, so this also
    /// happens inside a generation. `sampling`: denoising steps. `encoding` and `decoding`: tiles of
    /// the VAE before and after sampling, only with tiling on. `upscaling`: tiles of an upscaler.
    #[napi(ts_type = "'loading' | 'encoding' | 'sampling' | 'decoding' | 'upscaling'")]
    pub phase: String,
    /// Units done; while sampling 1, 2, ... `steps`, each once and in order.
    pub step: i32,
    /// Units of this phase. Image to image runs fewer sampling steps than were asked for.
    pub steps: i32,
    /// Time of the last unit, or the average so far while loading.
    pub seconds_per_step: f64,
    /// Which picture of the batch is sampled, from 0.
    pub batch_index: i32,
    /// 0 for the first sampling pass over the batch, 1 for the second (hires, or the low-noise model
    /// of a video), and so on.
    pub pass: i32,
}

impl Progress {
    pub fn is_sampling(&self) -> bool {
        self.phase == "sampling"
    }
}

/// What the work on the engine thread is, as far as progress is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Loading, converting: progress is about weights only.
    Weights,
    /// Sampling this many pictures at a time.
    Generation {
        batch_count: i32,
    },
    Upscaling,
}

#[derive(Clone, Copy)]
struct Count {
    last: i32,
    total: i32,
}

/// What the engine is counting. The engine logs a line before it counts weights and tiles, on the
/// same thread; sampling it does not announce.
pub struct Tracker {
    work: Work,
    loading: Option<i32>,
    tiles: Option<Count>,
    tiles_announced: bool,
    sampling: Option<Count>,
    runs: i32,
}

impl Tracker {
    pub fn new(work: Work) -> Self {
        let (loading, tiles, sampling) = (None, None, None);
        Tracker {
            work,
            loading,
            tiles,
            tiles_announced: false,
            sampling,
            runs: 0,
        }
    }

    /// Reads a log line written by the thread that runs the engine call.
    pub fn on_log(&mut self, text: &str) {
        if text.starts_with("model_loader.cpp:") {
            if text.contains("- loading tensors completed") {
                self.loading = None;
            } else if text.contains("- loading ") && text.contains(" tensors from ") {
                self.loading.get_or_insert(0);
            }
        } else if text.starts_with("ggml_extend.hpp:") && text.contains("- processing ") {
            self.tiles_announced = true;
        }
    }

    /// True while other threads of the engine read weights. An exception would then end the process,
    /// because the reading threads would be destroyed without being joined.
    pub fn must_not_throw(&self) -> bool {
        self.loading.is_some()
    }

    pub fn on_progress(&mut self, step: i32, steps: i32, seconds: f32) -> Option<Progress> {
        let seconds = f64::from(seconds);
        if let Some(last) = &mut self.loading {
            if step <= *last {
                return None;
            }
            *last = step;
            return Some(self.report("loading", step, steps, seconds / f64::from(step)));
        }
        if self.tiles_announced {
            self.tiles_announced = false;
            self.tiles = Some(Count {
                last: 0,
                total: steps,
            });
            return None;
        }
        if let Some(tiles) = &mut self.tiles
            && steps == tiles.total
            && step > tiles.last
        {
            tiles.last = step;
            return Some(self.report(self.tile_phase(), step, steps, seconds));
        }
        self.on_sampling(step, steps, seconds)
    }

    fn on_sampling(&mut self, step: i32, steps: i32, seconds: f64) -> Option<Progress> {
        self.tiles = None;
        if step == 0 {
            // Samplers of second order say 0 twice at the start of a run.
            let fresh = |run: &Count| run.last == 0 && run.total == steps;
            if !self.sampling.as_ref().is_some_and(fresh) {
                self.runs += 1;
            }
            self.sampling = Some(Count {
                last: 0,
                total: steps,
            });
            return None;
        }
        let run = self.sampling.as_mut()?;
        if steps != run.total || step <= run.last {
            return None;
        }
        run.last = step;
        Some(self.report("sampling", step, steps, seconds))
    }

    fn tile_phase(&self) -> &'static str {
        match self.work {
            Work::Upscaling => "upscaling",
            _ if self.sampling.is_none() => "encoding",
            _ => "decoding",
        }
    }

    fn report(&self, phase: &str, step: i32, steps: i32, seconds_per_step: f64) -> Progress {
        let batch_count = match self.work {
            Work::Generation { batch_count } => batch_count.max(1),
            Work::Weights | Work::Upscaling => 1,
        };
        let run = (self.runs - 1).max(0);
        Progress {
            phase: phase.to_owned(),
            step,
            steps,
            seconds_per_step,
            batch_index: run % batch_count,
            pass: run / batch_count,
        }
    }
}
