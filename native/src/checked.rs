//! Checks of plain values on their way from JavaScript into the engine's structs.

use std::any::Any;
use std::ffi::{CString, c_char};
use std::ops::RangeInclusive;

use crate::failure::{Failure, Outcome};

/// The dotted path of the object whose fields are being checked, for error messages.
pub struct Scope<'a>(pub &'a str);

impl Scope<'_> {
    pub fn name(&self, field: &str) -> String {
        if self.0.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.0)
        }
    }

    pub fn invalid(&self, field: &str, problem: impl AsRef<str>) -> Failure {
        Failure::invalid(self.name(field), problem)
    }

    /// Any finite number a 32-bit float can hold.
    pub fn float(&self, target: &mut f32, field: &str, value: Option<f64>) -> Outcome<()> {
        self.float_in(
            target,
            field,
            value,
            f64::from(f32::MIN)..=f64::from(f32::MAX),
        )
    }

    pub fn float_in(
        &self,
        target: &mut f32,
        field: &str,
        value: Option<f64>,
        range: RangeInclusive<f64>,
    ) -> Outcome<()> {
        let Some(value) = value else { return Ok(()) };
        if !value.is_finite() {
            return Err(self.invalid(field, "must be a finite number"));
        }
        if !range.contains(&value) {
            let (low, high) = (range.start(), range.end());
            return Err(self.invalid(field, format!("must be between {low} and {high}")));
        }
        *target = value as f32;
        Ok(())
    }

    pub fn int(
        &self,
        target: &mut i32,
        field: &str,
        value: Option<f64>,
        range: RangeInclusive<i32>,
    ) -> Outcome<()> {
        let Some(value) = value else { return Ok(()) };
        let (low, high) = (f64::from(*range.start()), f64::from(*range.end()));
        if value.fract() != 0.0 || !(low..=high).contains(&value) {
            return Err(self.invalid(
                field,
                format!("must be a whole number from {low} to {high}"),
            ));
        }
        *target = value as i32;
        Ok(())
    }

    /// A list of finite numbers.
    pub fn floats(&self, field: &str, values: Vec<f64>) -> Outcome<Vec<f32>> {
        let mut out = vec![0.0; values.len()];
        for (index, (target, value)) in out.iter_mut().zip(values).enumerate() {
            self.float(target, &format!("{field}[{index}]"), Some(value))?;
        }
        Ok(out)
    }

    pub fn c_string(&self, field: &str, value: String) -> Outcome<CString> {
        CString::new(value).map_err(|_| self.invalid(field, "must not contain a NUL character"))
    }
}

pub fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Keeps alive what the raw pointers of an engine struct point to.
#[derive(Default)]
pub struct Arena(Vec<Box<dyn Any>>);

// SAFETY: the arena hands out pointers but never reads what it holds, and everything put in is plain
// memory without thread affinity (see `keep`); it moves with the struct that points into it.
unsafe impl Send for Arena {}

impl Arena {
    pub fn string(
        &mut self,
        target: &mut *const c_char,
        at: &Scope,
        field: &str,
        value: Option<String>,
    ) -> Outcome<()> {
        let Some(value) = value else { return Ok(()) };
        let text = at.c_string(field, value)?;
        *target = text.as_ptr();
        self.0.push(Box::new(text));
        Ok(())
    }

    /// A pointer to the items, which stay where they are as long as the arena lives; null when empty.
    pub fn keep<T: Copy + 'static>(&mut self, items: Vec<T>) -> *mut T {
        if items.is_empty() {
            return std::ptr::null_mut();
        }
        let mut items = items;
        let pointer = items.as_mut_ptr();
        self.0.push(Box::new(items));
        pointer
    }
}
