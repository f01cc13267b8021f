"""Rust: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "Rust"

# One of each: unwrap, unsafe, todo!, allow, a foreign function, clone, transmute, static mut, try!, a glob, a cast, a constant.
POOL = """//! A pool of buffers that are used again instead of being freed.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::sync::Mutex;

const LARGEST: usize = 1 << 20;

static mut LAST_ERROR: i32 = 0;
static COUNT: AtomicUsize = AtomicUsize::new(0);

extern "C" {
    fn pool_advise(address: *const u8, size: usize) -> i32;
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolError {
    TooLarge(usize),
    Closed,
}

impl fmt::Display for PoolError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PoolError::TooLarge(size) => write!(out, "a buffer of {size} bytes is too large"),
            PoolError::Closed => write!(out, "the pool is closed"),
        }
    }
}

pub struct Pool {
    free: Mutex<VecDeque<Vec<u8>>>,
    name: String,
    open: bool,
}

impl Pool {
    pub fn new(name: &str) -> Self {
        Pool { free: Mutex::new(VecDeque::new()), name: name.to_string(), open: true }
    }

    /// A buffer of at least `size` bytes, all of them zero.
    pub fn take(&self, size: usize) -> Result<Vec<u8>, PoolError> {
        if !self.open {
            return Err(PoolError::Closed);
        }
        if size > LARGEST {
            return Err(PoolError::TooLarge(size));
        }
        COUNT.fetch_add(1, Relaxed);
        let mut free = self.free.lock().unwrap();
        let mut buffer = free.pop_front().unwrap_or_default();
        buffer.clear();
        buffer.resize(size, 0);
        Ok(buffer)
    }

    pub fn give_back(&self, buffer: Vec<u8>) {
        if let Ok(mut free) = self.free.lock() {
            free.push_back(buffer);
        }
    }

    /// Tells the system that the free buffers will not be needed soon.
    #[allow(static_mut_refs)]
    pub fn advise(&self) -> i32 {
        for buffer in self.free.lock().iter().flat_map(|free| free.iter()) {
            let error = unsafe { pool_advise(buffer.as_ptr(), buffer.len()) };
            unsafe { LAST_ERROR = error };
        }
        unsafe { LAST_ERROR }
    }

    pub fn label(&self) -> (String, u64) {
        (self.name.clone(), COUNT.load(SeqCst) as u64)
    }

    pub fn shrink(&mut self) {
        todo!("needs the age of each buffer")
    }
}

pub fn fill(pool: &Pool, source: &mut dyn Read, size: usize) -> io::Result<Vec<u8>> {
    let mut buffer = pool.take(size).map_err(io::Error::other)?;
    let read = source.read(&mut buffer)?;
    buffer.truncate(read);
    Ok(buffer)
}

/// The bits of a float; `to_bits` does the same since 1.20.
pub fn bits(value: f32) -> u32 {
    unsafe { mem::transmute(value) }
}
"""

OLD_EDITION = """//! Settings in a file of lines.

extern crate log;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

pub struct Settings {
    values: BTreeMap<String, String>,
}

impl Settings {
    pub fn read(path: &Path) -> io::Result<Settings> {
        let text = fs::read_to_string(path)?;
        let mut values = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            match line.split_once('=') {
                Some((key, value)) => {
                    values.insert(key.trim().to_string(), value.trim().to_string());
                }
                None => log::warn!("{}:{}: no value", path.display(), number + 1),
            }
        }
        Ok(Settings { values })
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }
}
"""

UNWRAPS = (
    "use std::fs::File;\n\nfn main() {\n"
    + lines(
        '    let {name} = File::open("{name}.txt").unwrap().metadata().expect("{name}").created().unwrap();\n',
        6,
        name=["spring", "summer", "autumn", "winter", "year", "day"],
    )
    + "}\n"
)

UNSAFE = lines(
    """
pub unsafe fn {name}(stack: *mut Stack, value: i32) -> i32 {
    unsafe { stack_{name}(stack, value) }
}
""",
    5,
    name=["push", "pop", "peek", "swap", "drop"],
)

SKELETON = (
    "pub struct Editor;\n\nimpl Editor {\n"
    + lines(
        """
    pub fn {name}(&mut self) {
        todo!()
    }
""",
        6,
        name=["open", "save", "close", "undo", "redo", "find"],
    )
    + "}\n"
)

SILENCED = lines(
    """
#[allow(non_camel_case_types)]
#[allow(dead_code)]
pub type {name}_t = ::std::os::raw::c_{type};
""",
    12,
    name=["size", "off", "time", "dev", "ino", "mode", "nlink", "uid", "gid", "pid", "key", "id"],
    type=["int", "uint", "long"],
)

FOREIGN = (
    'use std::os::raw::c_int;\n\nextern "C" {\n'
    + lines(
        "    pub fn image_{name}(image: *mut Image, x: c_int, y: c_int) -> c_int;\n",
        24,
        name=[
            "open",
            "close",
            "read",
            "write",
            "crop",
            "scale",
            "turn",
            "flip",
            "blur",
            "sharpen",
            "invert",
            "fill",
        ],
    )
    + "}\n"
)

CLONES = (
    "pub fn copy(from: &Order, to: &mut Order) {\n"
    + lines(
        "    to.{name} = from.{name}.clone();\n    to.old_{name} = from.{name}.to_owned();\n",
        12,
        name=[
            "number",
            "date",
            "customer",
            "street",
            "town",
            "country",
            "mail",
            "phone",
            "state",
            "note",
            "carrier",
            "parcel",
        ],
    )
    + "}\n"
)

TRANSMUTES = "use std::mem;\n" + lines(
    """
pub fn {name}(p: *const u8) -> {type} {
    unsafe { mem::transmute::<_, fn(*const u8) -> {type}>(mem::zeroed::<usize>())(mem::transmute(p)) }
}
""",
    7,
    name=["first", "second", "third", "fourth", "fifth", "sixth", "seventh"],
    type=["u8", "u16", "u32"],
)

GLOBALS = (
    lines(
        "pub static mut {NAME}: i32 = {n};\n",
        8,
        NAME=["WIDTH", "HEIGHT", "DEPTH", "SCORE", "LEVEL", "LIVES", "TIME", "SPEED"],
    )
    + """
pub fn step() {
    unsafe {
        SCORE += LEVEL * SPEED;
        TIME -= 1;
    }
}
"""
)

EDITION_2015 = """extern crate byteorder;
extern crate flate2;
#[macro_use]
extern crate log;

use std::io::Read;

pub fn read(source: &mut Read) -> Result<Vec<u8>, ::std::io::Error> {
    let mut text = Vec::new();
    source.read_to_end(&mut text)?;
    debug!("{} bytes", text.len());
    Ok(text)
}
"""

GLOBS = """use crate::errors::*;
use crate::models::*;
use crate::schema::*;
use crate::views::*;
use diesel::prelude::*;

pub fn all(connection: &mut PgConnection) -> QueryResult<Vec<User>> {
    users::table.load(connection)
}
"""

TRANSLATED = (
    """pub unsafe extern "C" fn hash(mut text: *const libc::c_char, size: libc::c_int) -> libc::c_uint {
    let mut value: libc::c_uint = 0 as libc::c_int as libc::c_uint;
"""
    + lines(
        """    value = (value << {n} as libc::c_int) as libc::c_uint;
    value ^= *text.offset({n} as libc::c_int as isize) as libc::c_int as libc::c_uint;
""",
        10,
    )
    + "    return value;\n}\n"
)

CONSTANTS = "//! Numbers of errors.\n" + lines(
    "pub const E{name}: i32 = {n};\n",
    24,
    name=[
        "PERM",
        "NOENT",
        "SRCH",
        "INTR",
        "IO",
        "NXIO",
        "TOOBIG",
        "NOEXEC",
        "BADF",
        "CHILD",
        "AGAIN",
        "NOMEM",
        "ACCES",
        "FAULT",
        "BUSY",
        "EXIST",
        "XDEV",
        "NODEV",
        "NOTDIR",
        "ISDIR",
        "INVAL",
        "NFILE",
        "MFILE",
        "NOTTY",
    ],
)

EXAMPLES = {
    "CC674": Example(LANGUAGE, POOL, UNWRAPS, measured=18 / 36),
    "CC675": Example(LANGUAGE, POOL, UNSAFE, measured=2, limit=0.8),
    "CC676": Example(LANGUAGE, POOL, SKELETON, measured=1),
    "CC677": Example(LANGUAGE, POOL, SILENCED, measured=24 / 36),
    "CC678": Example(LANGUAGE, POOL, FOREIGN, measured=24 / 26),
    "CC679": Example(LANGUAGE, POOL, CLONES, measured=1),
    "CC680": Example(LANGUAGE, POOL, TRANSMUTES, measured=21 / 28),
    "CC681": Example(LANGUAGE, POOL, GLOBALS, measured=8 / 20),
    "CC682": Example(LANGUAGE, OLD_EDITION, EDITION_2015, measured=3 / 4),
    "CC683": Example(LANGUAGE, POOL, GLOBS, measured=1, limit=0.5),
    "CC684": Example(LANGUAGE, POOL, TRANSLATED, measured=62 / 23),
    "CC685": Example(LANGUAGE, POOL, CONSTANTS, measured=1, limit=0.5),
}
