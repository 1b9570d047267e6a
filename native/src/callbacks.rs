//! The engine's callbacks, installed once; what they do depends on the job of the calling thread.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError, RwLock};

use diffusion_rs_sys as sd;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;

use crate::exit;
use crate::ffi;
use crate::image::ImageOutput;
use crate::options::steering::PreviewSettings;
use crate::pacing::Pacer;
use crate::progress::{Progress, Tracker, Work};

/// Warnings and errors kept of one call.
const KEPT_LINES: usize = 20;
const LEVELS: [&str; 4] = ["debug", "info", "warn", "error"];
const WARN: usize = 2;

type LogHandler = ThreadsafeFunction<
    FnArgs<(&'static str, String)>,
    (),
    FnArgs<(&'static str, String)>,
    Status,
    false,
    true,
>;

static LOG_HANDLER: RwLock<Option<LogHandler>> = RwLock::new(None);
static LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

thread_local! {
    static JOB: RefCell<Option<Job>> = const { RefCell::new(None) };
}

/// A picture of the run so far.
#[napi(object, object_from_js = false)]
pub struct Preview {
    /// Sampling step the picture was taken at.
    pub step: i32,
    /// The first frame; smaller than the result in mode `proj`.
    pub image: ImageOutput,
}

pub enum Report {
    Progress(Progress),
    Preview(Preview),
}

struct Job {
    tracker: Tracker,
    cancelled: Arc<AtomicBool>,
    send: Box<dyn Fn(Report)>,
    previews: Option<(PreviewSettings, Pacer)>,
}

impl Job {
    /// Between two steps: decides whether the next one gets a preview.
    fn pace(&mut self, step: i32, steps: i32) {
        if let Some((settings, pacer)) = &mut self.previews {
            settings.apply(pacer.after(step, steps));
        }
    }
}

/// Hands every engine log line to `handler`, replacing the one before. Lines arrive without their line
/// end, in order, and the handler does not keep the process alive.
#[napi]
pub fn set_log_handler(
    #[napi(ts_arg_type = "(level: 'debug' | 'info' | 'warn' | 'error', text: string) => void")]
    handler: Function<FnArgs<(&'static str, String)>, ()>,
) -> Result<()> {
    install();
    let handler = handler
        .build_threadsafe_function::<FnArgs<(&'static str, String)>>()
        .weak::<true>()
        .build()?;
    *LOG_HANDLER.write().unwrap_or_else(PoisonError::into_inner) = Some(handler);
    Ok(())
}

/// Points the engine's callbacks at this module; only the first call does something.
pub fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the functions live as long as the process and never unwind.
        unsafe { ffi::atelier_install(on_progress, on_log, on_preview) };
    });
}

/// Runs `call` with its progress, previews and log lines attributed to it; returns what it returned
/// and the warnings and errors the engine logged meanwhile.
pub fn observe<T>(
    work: Work,
    cancelled: Arc<AtomicBool>,
    send: impl Fn(Report) + 'static,
    call: impl FnOnce() -> T,
) -> (T, Vec<String>) {
    lines(|lines| lines.clear());
    let job = Job {
        tracker: Tracker::new(work),
        cancelled,
        send: Box::new(send),
        previews: None,
    };
    JOB.set(Some(job));
    exit::set_busy(true);
    let result = call();
    exit::set_busy(false);
    JOB.set(None);
    (result, lines(|lines| lines.drain(..).collect()))
}

/// Has previews made of what the job of this thread samples from here on, as they are due.
pub fn show(settings: PreviewSettings) {
    settings.apply(false);
    with_job(|job| {
        job.previews = settings.is_wanted().then(|| (settings, settings.pacer()));
    });
}

fn lines<T>(act: impl FnOnce(&mut VecDeque<String>) -> T) -> T {
    act(&mut LINES.lock().unwrap_or_else(PoisonError::into_inner))
}

fn with_job<T>(act: impl FnOnce(&mut Job) -> T) -> Option<T> {
    JOB.with(|job| job.try_borrow_mut().ok()?.as_mut().map(act))
}

extern "C" fn on_progress(step: i32, steps: i32, seconds: f32) -> bool {
    let stop = with_job(|job| {
        let progress = job.tracker.on_progress(step, steps, seconds);
        if step == 0 || progress.as_ref().is_some_and(Progress::is_sampling) {
            job.pace(step, steps);
        }
        if let Some(progress) = progress {
            (job.send)(Report::Progress(progress));
        }
        !job.tracker.must_not_throw() && job.cancelled.load(Ordering::Acquire)
    });
    stop.unwrap_or(false)
}

extern "C" fn on_preview(step: i32, frame_count: i32, frames: *const sd::sd_image_t) {
    if frames.is_null() || frame_count < 1 {
        return;
    }
    // SAFETY: the engine lends at least one complete picture for the time of the call.
    let Some(image) = (unsafe { ImageOutput::copy_of(&*frames) }) else {
        return;
    };
    with_job(|job| {
        (job.send)(Report::Preview(Preview {
            step: step.abs(),
            image,
        }))
    });
}

extern "C" fn on_log(level: i32, text: *const c_char) {
    if text.is_null() {
        return;
    }
    // SAFETY: the engine passes a NUL-terminated line.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let text = text.trim_end();
    with_job(|job| job.tracker.on_log(text));
    let level = usize::try_from(level).unwrap_or(0).min(LEVELS.len() - 1);
    if level >= WARN {
        lines(|lines| {
            if lines.len() == KEPT_LINES {
                lines.pop_front();
            }
            lines.push_back(without_source(text).to_owned());
        });
    }
    if let Some(handler) = &*LOG_HANDLER.read().unwrap_or_else(PoisonError::into_inner) {
        let line = FnArgs::from((LEVELS[level], text.to_owned()));
        handler.call(line, ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// The line without the engine's `file.cpp:123  - ` in front.
fn without_source(text: &str) -> &str {
    match text.split_once(" - ") {
        Some((source, rest)) if source.contains(':') && !source.trim_end().contains(' ') => rest,
        _ => text,
    }
}
