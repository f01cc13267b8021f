//! Reads, checks and reshapes CSV without loading it whole.

pub mod parser;
pub mod select;

pub use parser::{Error, Reader};
pub use select::Selection;
