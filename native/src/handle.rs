//! JavaScript's hold on something that lives on the engine thread.

use std::collections::{HashMap, VecDeque};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, Result};

use crate::engine_thread::{Call, Engine, post, rejected};
use crate::failure::{Code, Failure, Outcome};
use crate::progress::Work;

/// Something of the engine that is used and dropped on the engine thread only.
pub trait Resident: Sized + 'static {
    fn residents(engine: &mut Engine) -> &mut HashMap<u32, Self>;
}

/// The flags that cancel the calls not yet over, oldest first.
#[derive(Clone, Default)]
struct Unfinished(Arc<Mutex<VecDeque<Arc<AtomicBool>>>>);

impl Unfinished {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<AtomicBool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a call off the list when it ends, and also when it never starts.
struct Over {
    unfinished: Unfinished,
    flag: Arc<AtomicBool>,
}

impl Drop for Over {
    fn drop(&mut self) {
        self.unfinished
            .lock()
            .retain(|other| !Arc::ptr_eq(other, &self.flag));
    }
}

pub struct Handle<R: Resident> {
    id: u32,
    unfinished: Unfinished,
    freed: AtomicBool,
    _resident: PhantomData<fn() -> R>,
}

impl<R: Resident> Handle<R> {
    /// Settles `resident` on the engine thread.
    pub fn settle(engine: &mut Engine, resident: R) -> Self {
        static NEXT_ID: AtomicU32 = AtomicU32::new(1);
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        R::residents(engine).insert(id, resident);
        let (unfinished, freed) = (Unfinished::default(), AtomicBool::new(false));
        Handle {
            id,
            unfinished,
            freed,
            _resident: PhantomData,
        }
    }

    pub fn run<'env, T: ToNapiValue + Send + 'static>(
        &self,
        env: &'env Env,
        call: Call,
        act: impl FnOnce(&R) -> Outcome<T> + Send + 'static,
    ) -> Result<Object<'env>> {
        if self.freed.load(Ordering::Acquire) {
            return rejected(env, freed());
        }
        let (id, flag) = (self.id, Arc::clone(&call.cancelled));
        self.unfinished.lock().push_back(Arc::clone(&flag));
        let over = Over {
            unfinished: self.unfinished.clone(),
            flag,
        };
        call.start(env, move |engine| {
            let _over = over;
            act(R::residents(engine).get(&id).ok_or_else(freed)?)
        })
    }

    /// Cancels the oldest call that is not over; false when there is none.
    pub fn cancel(&self) -> bool {
        let unfinished = self.unfinished.lock();
        let Some(flag) = unfinished.front() else {
            return false;
        };
        flag.store(true, Ordering::Release);
        true
    }

    pub fn free<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.freed.store(true, Ordering::Release);
        let id = self.id;
        Call::new(Work::Weights).start(env, move |engine| {
            R::residents(engine).remove(&id);
            Ok(())
        })
    }
}

impl<R: Resident> Drop for Handle<R> {
    fn drop(&mut self) {
        if self.freed.load(Ordering::Acquire) {
            return;
        }
        let id = self.id;
        // Without an engine thread there is nothing to free.
        let _ = post(move |engine| drop(R::residents(engine).remove(&id)));
    }
}

fn freed() -> Failure {
    Failure::new(Code::Freed, "it was freed")
}
