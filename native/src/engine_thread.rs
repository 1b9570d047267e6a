//! The one thread that talks to the engine, and the promises of the work it does.

use std::collections::HashMap;
use std::ffi::c_char;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use napi::bindgen_prelude::{FunctionRef, Object, ToNapiValue};
use napi::threadsafe_function::{
    ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode,
};
use napi::{Env, Error, JsDeferred, Result, Status};

use crate::callbacks::{self, Preview, Report};
use crate::engine_context::Context;
use crate::failure::{Code, Failure, Outcome};
use crate::ffi;
use crate::progress::{Progress, Work};
use crate::upscaler::EngineUpscaler;

/// The engine's tokenizers recurse once per letter of a word; pages never touched cost nothing.
const STACK_BYTES: usize = 256 << 20;
const WHAT_BYTES: usize = 1024;

/// What lives on the engine thread, by the number JavaScript's objects hold.
#[derive(Default)]
pub struct Engine {
    pub contexts: HashMap<u32, Context>,
    pub upscalers: HashMap<u32, EngineUpscaler>,
}

type Task = Box<dyn FnOnce(&mut Engine) + Send>;

/// Queues work for the engine thread, which starts with the first call.
pub fn post(task: impl FnOnce(&mut Engine) + Send + 'static) -> Outcome<()> {
    static QUEUE: OnceLock<Option<mpsc::Sender<Task>>> = OnceLock::new();
    let queue = QUEUE.get_or_init(start).as_ref();
    let gone = || Failure::new(Code::System, "the engine thread could not be started");
    queue
        .ok_or_else(gone)?
        .send(Box::new(task))
        .map_err(|_| gone())
}

fn start() -> Option<mpsc::Sender<Task>> {
    callbacks::install();
    let (sender, receiver) = mpsc::channel::<Task>();
    let builder = thread::Builder::new()
        .name("engine".into())
        .stack_size(STACK_BYTES);
    let spawned = builder.spawn(move || {
        let mut engine = Engine::default();
        for task in receiver {
            task(&mut engine);
        }
    });
    spawned.ok().map(|_| sender)
}

/// Makes one call through the shim and sorts its outcome; `call` gets the buffer for an exception's
/// text. The second half is what the engine logged.
pub fn guarded(call: impl FnOnce(*mut c_char, usize) -> i32) -> Outcome<()> {
    let mut what = [0u8; WHAT_BYTES];
    match call(what.as_mut_ptr().cast(), what.len()) {
        ffi::DONE => Ok(()),
        ffi::CANCELLED => Err(cancelled()),
        _ => {
            let end = what
                .iter()
                .position(|byte| *byte == 0)
                .unwrap_or(what.len());
            let text = String::from_utf8_lossy(&what[..end]);
            Err(Failure::new(
                Code::EngineError,
                format!("the engine threw: {text}"),
            ))
        }
    }
}

pub fn cancelled() -> Failure {
    Failure::new(Code::Cancelled, "the generation was cancelled")
}

/// What JavaScript wants to hear of while a call runs.
#[derive(Default)]
pub struct Listeners {
    pub on_progress: Option<FunctionRef<Progress, ()>>,
    pub on_preview: Option<FunctionRef<Preview, ()>>,
}

enum Event<T> {
    Report(Report),
    Done(Outcome<T>),
}

type Resolver<T> = Box<dyn FnOnce(Env) -> Result<T>>;
type Events<T> = ThreadsafeFunction<Event<T>, (), (), Status, false, true>;

/// A call with a promise: `run` is queued for the engine thread, and the promise settles with what it
/// returns, after every report it made was delivered.
pub struct Call {
    pub work: Work,
    pub cancelled: Arc<AtomicBool>,
    pub listeners: Listeners,
}

impl Call {
    pub fn new(work: Work) -> Self {
        Call {
            work,
            cancelled: Arc::default(),
            listeners: Listeners::default(),
        }
    }

    pub fn start<'env, T: ToNapiValue + Send + 'static>(
        self,
        env: &'env Env,
        run: impl FnOnce(&mut Engine) -> Outcome<T> + Send + 'static,
    ) -> Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred::<T, Resolver<T>>()?;
        let events = events(env, self.listeners, deferred)?;
        let Call {
            work, cancelled, ..
        } = self;
        let posted = post({
            let events = events.clone();
            move |engine| {
                let done = perform(engine, work, &cancelled, events.clone(), run);
                events.call(Event::Done(done), ThreadsafeFunctionCallMode::NonBlocking);
            }
        });
        if let Err(failure) = posted {
            events.call(
                Event::Done(Err(failure)),
                ThreadsafeFunctionCallMode::NonBlocking,
            );
        }
        Ok(promise)
    }
}

fn perform<T: 'static>(
    engine: &mut Engine,
    work: Work,
    cancel: &Arc<AtomicBool>,
    events: Arc<Events<T>>,
    run: impl FnOnce(&mut Engine) -> Outcome<T>,
) -> Outcome<T> {
    if cancel.load(Ordering::Acquire) {
        return Err(cancelled());
    }
    let send = move |report| {
        events.call(
            Event::Report(report),
            ThreadsafeFunctionCallMode::NonBlocking,
        );
    };
    let (result, log) = callbacks::observe(work, Arc::clone(cancel), send, || run(engine));
    result.map_err(|failure| match failure.code {
        Code::LoadFailed | Code::GenerationFailed | Code::ConvertFailed => {
            Failure::logged(failure.code, &failure.message, log)
        }
        _ => Failure { log, ..failure },
    })
}

/// One queue into JavaScript for reports and the result alike, which keeps them in order.
fn events<T: ToNapiValue + 'static>(
    env: &Env,
    listeners: Listeners,
    deferred: JsDeferred<T, Resolver<T>>,
) -> Result<Arc<Events<T>>> {
    let mut deferred = Some(deferred);
    let deliver = move |context: ThreadsafeCallContext<Event<T>>| -> Result<()> {
        let env = context.env;
        match context.value {
            Event::Report(Report::Progress(progress)) => match &listeners.on_progress {
                Some(listener) => listener.borrow_back(&env)?.call(progress),
                None => Ok(()),
            },
            Event::Report(Report::Preview(preview)) => match &listeners.on_preview {
                Some(listener) => listener.borrow_back(&env)?.call(preview),
                None => Ok(()),
            },
            Event::Done(result) => {
                if let Some(deferred) = deferred.take() {
                    settle(deferred, result);
                }
                Ok(())
            }
        }
    };
    let nothing = env.create_function_from_closure::<(), (), _>("delivered", |_| Ok(()))?;
    let events = nothing
        .build_threadsafe_function::<Event<T>>()
        .weak::<true>()
        .build_callback(deliver)?;
    Ok(Arc::new(events))
}

fn settle<T: ToNapiValue + 'static>(deferred: JsDeferred<T, Resolver<T>>, result: Outcome<T>) {
    deferred.resolve(Box::new(move |env| {
        result.map_err(|failure| failure.into_error(&env))
    }));
}

/// A promise for work that has nothing to do with the engine, on a thread made for it.
pub fn on_own_thread<'env>(
    env: &'env Env,
    name: &str,
    work: impl FnOnce() -> Outcome<()> + Send + 'static,
) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred::<(), Resolver<()>>()?;
    let spare = Arc::new(Mutex::new(Some(deferred)));
    let settle_once = |slot: &Mutex<Option<_>>, result| {
        let deferred = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(deferred) = deferred {
            settle(deferred, result);
        }
    };
    let slot = Arc::clone(&spare);
    let spawned = thread::Builder::new()
        .name(name.into())
        .spawn(move || settle_once(&slot, work()));
    if let Err(error) = spawned {
        let problem = format!("no thread for {name}: {error}");
        settle_once(&spare, Err(Failure::new(Code::System, problem)));
    }
    Ok(promise)
}

/// A promise rejected with `failure`.
pub fn rejected<'env>(env: &'env Env, failure: Failure) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred::<(), Resolver<()>>()?;
    deferred.resolve(Box::new(move |env| {
        Err::<(), Error>(failure.into_error(&env))
    }));
    Ok(promise)
}
