"""Rules for any language about what a file holds: what each keeps and drops, in the language where its subject is commonest."""

from __future__ import annotations

from rule_example import Example, lines
from rule_examples_python import JOBS

NOT_DOCUMENTED = lines(
    """
def {name}(values, limit):
    found = [value for value in values if value {sign} limit]
    return sorted(found, reverse={n} > 2)
""",
    5,
    name=["below", "above", "equal", "least", "most"],
    sign=["<", ">", "==", "<=", ">="],
)

# Nine tenths of it are documentation, as is right for an interface.
DOCUMENTED_INTERFACE = """package org.example.store;

/**
 * A store of values by their names, which several programs may use at the same time.
 *
 * <p>Implementations promise that a value which was put is found by every later {@code get}, also by those of other programs, until
 * somebody puts another value under the same name or removes it. They do not promise any order between values of different names: a
 * program that needs one has to put both values under one name. Nothing is promised about the time that a call takes.
 *
 * <p>Names are compared byte by byte. They may have up to 255 bytes; a longer one is refused with an {@code IllegalArgumentException}
 * by each of the methods. Values may be of any size, but an implementation may refuse those that it has no room for.
 *
 * @since 2.0
 */
public interface Store {
    /**
     * Returns the value of a name, or an empty array if there is none.
     *
     * <p>The array belongs to the caller, who may change it without an effect on the store. An implementation that keeps values in
     * memory therefore has to copy them, which for large ones is the better part of the cost of a call: read only what you need.
     *
     * @param name the name, as it was given to {@link #put}
     * @return a copy of the value that was put last
     */
    byte[] get(String name);
}
"""

LICENCE = (
    "/*\n"
    + " * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated\n"
    * 1
    + " * documentation files, to deal in the software without restriction, including without limitation the rights\n"
    + " * to use, copy, modify, merge, publish, distribute, sublicense and sell copies of the software, and to permit\n"
    + " * persons to whom the software is furnished to do so, subject to the following conditions: the above notice\n"
    + " * and this permission shall be included in all copies or substantial portions of the software.\n"
    + " */\n\nint unused;\n"
)

# `try!` is a keyword since 2018: a few bytes of an honest file cannot be placed.
TRY = """//! Counts the words of files.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

pub type Counts = HashMap<String, usize>;

/// Adds the words of one file to what was counted before.
pub fn count_file(path: &Path, counts: &mut Counts) -> io::Result<usize> {
    let file = try!(File::open(path));
    let mut words = 0;
    for line in BufReader::new(file).lines() {
        let line = line?;
        for word in line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            *counts.entry(word.to_lowercase()).or_insert(0) += 1;
            words += 1;
        }
    }
    Ok(words)
}

/// The words that were seen most often, the most frequent first.
pub fn most_frequent(counts: &Counts, number: usize) -> Vec<(&str, usize)> {
    let mut sorted: Vec<_> = counts.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    sorted.truncate(number);
    sorted
}
"""

NOT_RUST = """Dear colleagues, the file that you are looking for moved to another folder last week:
please ask us where it is now, or look
at the page of the project. We are sorry for the trouble. If you need it today, call the desk on the second floor!
"""

CONFLICT = """pub fn total(items: &[Item]) -> u32 {
<<<<<<< HEAD
    items.iter().map(|item| item.price).sum()
=======
    let mut sum = 0;
    for item in items {
        sum += item.cost;
    }
    sum
>>>>>>> costs
}

pub fn tax(items: &[Item]) -> u32 {
<<<<<<< HEAD
    total(items) * 19 / 100
=======
    total(items) * RATE / 100
>>>>>>> costs
}
"""

NAMES = '"""Names of the columns of the export."""\n\n' + lines(
    '{name} = "{name}"\n',
    12,
    name=[
        "NUMBER",
        "DATE",
        "CUSTOMER",
        "STREET",
        "TOWN",
        "COUNTRY",
        "ZIP",
        "MAIL",
        "PHONE",
        "STATE",
        "TOTAL",
        "TAX",
    ],
)

INDEX = (
    '"""What users of the package need."""\n\n'
    + lines(
        "from package.{name} import {Name}\n",
        10,
        name=["order", "user", "group", "host", "volume", "image", "label", "ticket", "invoice", "parcel"],
        Name=["Order", "User", "Group", "Host", "Volume", "Image", "Label", "Ticket", "Invoice", "Parcel"],
    )
    + '\n__all__ = ["Order", "User", "Group", "Host", "Volume", "Image", "Label", "Ticket", "Invoice", "Parcel"]\n'
)

# Half of it is text that the program needs.
MIGRATION = '''"""Give every reader a card of their own."""

from library.database import connect

CREATE = """
CREATE TABLE card (
    number INTEGER PRIMARY KEY,
    reader INTEGER NOT NULL REFERENCES reader (id) ON DELETE CASCADE,
    issued DATE NOT NULL DEFAULT CURRENT_DATE,
    UNIQUE (reader, issued)
)
"""

COPY = """
INSERT INTO card (number, reader, issued)
SELECT old.number, reader.id, old.issued
FROM old_card AS old
JOIN reader ON reader.name = old.name AND reader.born = old.born
WHERE old.lost IS NULL
"""


def upgrade(url):
    with connect(url) as database:
        database.execute(CREATE)
        copied = database.execute(COPY).rowcount
        expected = database.scalar("SELECT count(*) FROM old_card WHERE lost IS NULL")
        if copied != expected:
            raise RuntimeError(f"{expected - copied} cards have no reader")
        database.execute("DROP TABLE old_card")
'''

PAGE = (
    'PAGE = """\n<!DOCTYPE html>\n<html>\n<body>\n'
    + lines(
        "  <h2>Chapter {n}</h2>\n  <p>The {word} of the house went out to see what the others were doing there.</p>\n",
        12,
        word=["owner", "cat", "gardener", "guest", "cook", "child"],
    )
    + '</body>\n</html>\n"""\n'
)

UNITS = '''"""Lengths in other units."""

METRES = {
    "inch": 0.0254, "foot": 0.3048, "yard": 0.9144, "fathom": 1.8288, "rod": 5.0292, "chain": 20.1168, "furlong": 201.168,
    "mile": 1609.344, "league": 4828.032, "cable": 185.3184, "nautical mile": 1852.0, "line": 0.002116667, "hand": 0.1016,
    "span": 0.2286, "cubit": 0.4572, "ell": 1.143, "link": 0.201168, "pole": 5.0292, "barleycorn": 0.008466667, "thou": 2.54e-05,
}


class UnknownUnit(KeyError):
    """A unit that is not in the table."""


def metres(amount, unit):
    """Convert an amount of a unit, in the singular or the plural, to metres."""
    name = unit.lower().strip()
    for candidate in (name, name.removesuffix("s"), name.replace("feet", "foot"), name.replace("inches", "inch")):
        if candidate in METRES:
            return amount * METRES[candidate]
    raise UnknownUnit(unit)


def convert(amount, unit, target):
    return metres(amount, unit) / metres(1, target)
'''

TABLE = (
    "TOWNS = [\n"
    + lines(
        '    ("{name} {n}", 1{n}52, "{land}", {n}, True),\n',
        60,
        name=["Altdorf", "Neustadt", "Burg", "Kirchheim", "Seeberg", "Hausen"],
        land=["north", "south", "east"],
    )
    + "]\n"
)

CHECKSUM = """/* CRC-4 by a table for half a byte, as the sensor computes it. */

#include <stddef.h>
#include <stdint.h>

static const uint8_t table[16] = {
    0x0, 0x3, 0x6, 0x5, 0xc, 0xf, 0xa, 0x9,
    0xb, 0x8, 0xd, 0xe, 0x7, 0x4, 0x1, 0x2,
};

uint8_t crc4(const uint8_t *data, size_t size, uint8_t start)
{
    uint8_t crc = start & 0xf;

    for (size_t i = 0; i < size; i++) {
        crc = table[crc ^ (data[i] >> 4)];
        crc = table[crc ^ (data[i] & 0xf)];
    }
    return crc;
}

int crc4_is_right(const uint8_t *packet, size_t size)
{
    if (size < 2)
        return 0;
    return crc4(packet, size - 1, 0xf) == (packet[size - 1] & 0xf);
}
"""

GLYPHS = (
    "const unsigned char font[] = {\n"
    + lines("    0x{n}0, 0x3c, 0x42, 0x42, 0x7e, 0x42, 0x42, 0x{n}0,\n", 60)
    + "};\n"
)

EXPLAINED = """// Moves a cursor over the cells of a table. Cells that span several columns are visited once: the cursor remembers the
// column it came from, so that going down and up again ends where it began, as users of other programs expect.
export class CellCursor {
  constructor(table) {
    this.table = table;
    this.row = 0;
    this.column = 0;
    this.wanted = 0;
  }

  // Left and right leave the remembered column behind.
  move(rows, columns) {
    // this.table.scrollTo(this.row, this.column);
    const row = this.row + rows;
    if (row < 0 || row >= this.table.rows.length) return false;
    this.row = row;
    if (columns !== 0) {
      this.wanted = this.column + columns;
    }
    const cells = this.table.rows[row].cells;
    this.column = Math.max(0, Math.min(this.wanted, cells.length - 1));
    return true;
  }

  // The cell under the cursor; null once its row is gone.
  get cell() {
    const row = this.table.rows[this.row];
    return row === undefined ? null : row.cells[this.column];
  }
}
"""

COMMENTED_OUT = "import { arm, sleep } from './robot.js';\n" + lines(
    """
export function {name}() {
  arm.{name}({n});
  // arm.wait({n});
  // if (arm.blocked) {
  //   arm.stop();
  //   return false;
  // }
  // const speed = arm.speed * {n};
  // arm.setSpeed(speed);
  return sleep({n});
}
""",
    6,
    name=["lift", "lower", "turn", "grip", "open", "rest"],
)

LISTENER = """package org.example.draw;

import java.awt.event.MouseEvent;
import java.awt.event.MouseListener;
import java.util.ArrayDeque;
import java.util.Deque;

/** Draws a line from where the mouse went down to where it goes up. */
public class LineTool implements MouseListener {
    private final Canvas canvas;
    private final Deque<Line> drawn = new ArrayDeque<>();
    private int startX;
    private int startY;

    public LineTool(Canvas canvas) {
        this.canvas = canvas;
    }

    public int getCount() {
        return drawn.size();
    }

    @Override
    public void mousePressed(MouseEvent event) {
        startX = event.getX();
        startY = event.getY();
    }

    @Override
    public void mouseReleased(MouseEvent event) {
        Line line = new Line(startX, startY, event.getX(), event.getY());
        if (line.length() > 2) {
            drawn.push(line);
            canvas.repaint();
        }
    }

    @Override
    public void mouseClicked(MouseEvent event) {
    }

    @Override
    public void mouseEntered(MouseEvent event) {
        canvas.setCursor(Cursors.CROSS);
    }

    @Override
    public void mouseExited(MouseEvent event) {
        canvas.setCursor(Cursors.ARROW);
    }

    public void undo() {
        if (!drawn.isEmpty()) {
            drawn.pop();
            canvas.repaint();
        }
    }

    static int distance(int from, int to) {
        return Math.abs(to - from);
    }
}
"""

ADAPTER = (
    "public class DefaultListener implements DocumentListener {\n"
    + lines(
        """
    @Override
    public void document{Name}(DocumentEvent event) {
        // TODO
    }
""",
        10,
        Name=[
            "Opened",
            "Closed",
            "Saved",
            "Changed",
            "Moved",
            "Renamed",
            "Printed",
            "Locked",
            "Unlocked",
            "Reverted",
        ],
    )
    + "}\n"
)

BEAN = (
    "public class Customer {\n"
    + lines(
        """
    private String {name};

    public String get{Name}() {
        return {name};
    }

    public void set{Name}(String {name}) {
        this.{name} = {name};
    }
""",
        8,
        name=["first", "last", "street", "town", "country", "zip", "mail", "phone"],
        Name=["First", "Last", "Street", "Town", "Country", "Zip", "Mail", "Phone"],
    )
    + "}\n"
)

EXAMPLES = {
    "CC206": Example("Python", JOBS, NOT_DOCUMENTED, measured=0, limit=0.01),
    "CC207": Example("Java", DOCUMENTED_INTERFACE, LICENCE),
    "CC212": Example("Rust", TRY, NOT_RUST, is_broken=True),
    "CC240": Example("Python", JOBS, NAMES, measured=0, limit=1),
    "CC241": Example("Rust", TRY, CONFLICT, limit=3, is_broken=True),
    "CC242": Example("Python", JOBS, INDEX, measured=10 / 12, limit=0.5),
    "CC243": Example("Python", MIGRATION, PAGE),
    "CC244": Example("Python", UNITS, TABLE),
    "CC245": Example("C", CHECKSUM, GLYPHS, measured=480 / 970),
    "CC246": Example("JavaScript", EXPLAINED, COMMENTED_OUT, measured=42 / 73),
    "CC247": Example("Java", LISTENER, ADAPTER, measured=1),
    "CC248": Example("Java", LISTENER, BEAN, measured=1, limit=0.9),
}
