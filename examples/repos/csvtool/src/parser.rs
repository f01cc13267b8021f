//! A reader of CSV as RFC 4180 has it, with `\n` accepted where `\r\n` is asked for.

use std::fmt;
use std::io::{self, BufRead};

/// Why a file could not be read further.
#[derive(Debug)]
pub enum Error {
    Io(io::Error),
    /// A quote was opened and never closed; the line is where it was opened.
    UnclosedQuote { line: usize },
    /// A row has more or fewer fields than the first one.
    WrongWidth { line: usize, expected: usize, found: usize },
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(out, "cannot read: {error}"),
            Error::UnclosedQuote { line } => write!(out, "line {line}: a quote is never closed"),
            Error::WrongWidth { line, expected, found } => {
                write!(out, "line {line}: {found} fields where {expected} are expected")
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// An iterator over the rows of a file.
pub struct Reader<R> {
    input: R,
    separator: char,
    line: usize,
    width: Option<usize>,
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R) -> Self {
        Reader { input, separator: ',', line: 0, width: None }
    }

    /// Use another separator, such as `;` or a tab.
    pub fn separated_by(mut self, separator: char) -> Self {
        self.separator = separator;
        self
    }

    fn read_row(&mut self) -> Result<Option<Vec<String>>, Error> {
        let mut text = String::new();
        if self.input.read_line(&mut text)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let first_line = self.line;
        // A row goes on while a quote is open: an odd number of quotes so far.
        while text.matches('"').count() % 2 == 1 {
            if self.input.read_line(&mut text)? == 0 {
                return Err(Error::UnclosedQuote { line: first_line });
            }
            self.line += 1;
        }
        let row = split_fields(text.trim_end_matches(['\r', '\n']), self.separator);
        let expected = *self.width.get_or_insert(row.len());
        if row.len() != expected {
            return Err(Error::WrongWidth { line: first_line, expected, found: row.len() });
        }
        Ok(Some(row))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Vec<String>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_row().transpose()
    }
}

/// Cut one row into fields; quotes around a field are removed, doubled quotes inside it become one.
pub fn split_fields(row: &str, separator: char) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut characters = row.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            other if other == separator && !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}
