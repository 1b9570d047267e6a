//! Failures as JavaScript sees them: an `Error` with a stable `code`.

use napi::bindgen_prelude::{JsObjectValue, Object};
use napi::{Env, Error, JsValue, Status};

/// The `code` property of a rejected call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Cancelled,
    ConvertFailed,
    EngineError,
    Freed,
    GenerationFailed,
    InvalidArgument,
    LoadFailed,
    PamDenied,
    PamUnavailable,
    System,
    Unsupported,
}

impl Code {
    fn as_str(self) -> &'static str {
        match self {
            Code::Cancelled => "CANCELLED",
            Code::ConvertFailed => "CONVERT_FAILED",
            Code::EngineError => "ENGINE_ERROR",
            Code::Freed => "FREED",
            Code::GenerationFailed => "GENERATION_FAILED",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::LoadFailed => "LOAD_FAILED",
            Code::PamDenied => "PAM_DENIED",
            Code::PamUnavailable => "PAM_UNAVAILABLE",
            Code::System => "SYSTEM_ERROR",
            Code::Unsupported => "UNSUPPORTED",
        }
    }
}

/// Why a call failed; can be carried between threads.
#[derive(Debug)]
pub struct Failure {
    pub code: Code,
    pub message: String,
    /// The option that was refused, in dotted JavaScript spelling.
    pub field: Option<String>,
    /// Warnings and errors the engine logged during the call, oldest first.
    pub log: Vec<String>,
}

pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Failure {
            code,
            message: message.into(),
            field: None,
            log: Vec::new(),
        }
    }

    pub fn invalid(field: impl Into<String>, problem: impl AsRef<str>) -> Self {
        let field = field.into();
        let message = format!("{field} {}", problem.as_ref());
        Failure {
            field: Some(field),
            ..Failure::new(Code::InvalidArgument, message)
        }
    }

    /// A failure whose only explanation is what the engine logged.
    pub fn logged(code: Code, message: &str, log: Vec<String>) -> Self {
        let message = match log.last() {
            Some(line) => format!("{message}: {line}"),
            None => message.to_owned(),
        };
        Failure {
            log,
            ..Failure::new(code, message)
        }
    }

    /// The JavaScript `Error`: `code`, and `field` and `log` where there are any.
    pub fn into_error(self, env: &Env) -> Error {
        match self.to_object(env) {
            Ok(object) => Error::from(object.to_unknown()),
            Err(error) => error,
        }
    }

    fn to_object<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut object = env.create_error(Error::new(Status::GenericFailure, &self.message))?;
        object.set_named_property("code", self.code.as_str())?;
        if let Some(field) = &self.field {
            object.set_named_property("field", field.as_str())?;
        }
        if !self.log.is_empty() {
            object.set_named_property("log", self.log.clone())?;
        }
        Ok(object)
    }
}
