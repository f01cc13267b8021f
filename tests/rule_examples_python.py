"""Python: what each of its rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

LANGUAGE = "Python"

# One of each of what the rules are about: a wildcard import, an `except:`, an `exec`, a `global`, a `pass`.
JOBS = '''"""Run the jobs of a folder one after the other and remember which ones failed."""

import logging
import os
import sys
import time
from pathlib import Path
from string import *

log = logging.getLogger(__name__)
_failed = 0


class JobError(Exception):
    """A job ended in a way that nobody planned."""

    pass


def run_file(path, names):
    """Execute one job with the given names in its module."""
    code = compile(path.read_text(), str(path), "exec")
    try:
        exec(code, names)
    except SystemExit as leaving:
        if leaving.code:
            raise JobError(f"{path} left with {leaving.code}") from leaving
    except (OSError, ValueError) as error:
        raise JobError(f"{path} failed") from error


def run_folder(folder, pause=0.5):
    """Run every job below a folder; returns how many failed."""
    global _failed
    for path in sorted(Path(folder).glob("*.job")):
        started = time.monotonic()
        try:
            run_file(path, {"__name__": "__main__", "letters": ascii_letters})
        except JobError:
            _failed += 1
            log.exception("job %s", path.name)
        except:
            log.critical("interrupted in %s", path.name)
            raise
        log.info("%s took %.1f s", path.name, time.monotonic() - started)
        time.sleep(pause)
    return _failed


if __name__ == "__main__":
    sys.exit(run_folder(sys.argv[1] if len(sys.argv) > 1 else os.curdir))
'''

# Likewise: an old module as a fallback, a mutable default, a loop over an index, `== None`, `type(x) ==`, `(object)`.
QUERIES = '''"""Overdue loans of a library, and what their readers owe."""

try:
    import cPickle as pickle
except ImportError:
    import pickle

import datetime
import json
import os

from library.models import Loan, Reader


class Rate:
    """What a day costs after the end of a loan."""

    def __init__(self, per_day, most=None):
        self.per_day = per_day
        self.most = most

    def fee(self, days):
        amount = days * self.per_day
        if self.most is not None and amount > self.most:
            return self.most
        return amount


class Report(object):
    """Rows of a table, written as JSON or pickled for the archive."""

    def __init__(self, rows):
        self.rows = rows

    def save(self, path):
        if os.path.exists(path):
            raise FileExistsError(path)
        with open(path, "wb") as file:
            if path.endswith(".json"):
                file.write(json.dumps(self.rows).encode())
            else:
                pickle.dump(self.rows, file)

    def columns(self, order=[]):
        names = list(order)
        for row in self.rows:
            for name in row:
                if name not in names:
                    names.append(name)
        return names


class Overdue(Report):
    """Loans that nobody brought back in time."""


class Empty(Report):
    """No rows at all."""


def overdue(session, today=None):
    """Loans that are neither back nor within their time."""
    today = today or datetime.date.today()
    # The column's own `==` builds the SQL, so that `is None` would not do.
    loans = session.query(Loan).filter(Loan.returned == None, Loan.due < today).all()
    for position in range(len(loans)):
        loans[position].number = position + 1
    return loans


def fees(loans, rate, today):
    total = {}
    for loan in loans:
        days = (today - loan.due).days
        if days <= 0 or loan.reader.role == "staff":
            continue
        amount = rate(days) if type(rate) == type(len) else rate.fee(days)
        total[loan.reader.id] = total.get(loan.reader.id, 0) + amount
    return {Reader.key(reader): amount for reader, amount in total.items() if amount >= 1}
'''

# What Python 3 has in common with Python 2 at a glance: `print` in strings, `exec` as a call, a tuple of exceptions, octal numbers.
MODERN = '''#!/usr/bin/env python3
"""Set the permissions of a folder as a table says; `print x` and `raise E, "m"` stand in this text only."""

import os
import sys

MODES = {"private": 0o700, "group": 0o750, "public": 0o755}


def apply(path, mode, *, verbose=False):
    try:
        os.chmod(path, MODES[mode])
    except (KeyError, PermissionError) as error:
        print("cannot set", path, error, file=sys.stderr)
        raise
    if verbose:
        print(f"{path}: {MODES[mode]:o}")


def main(arguments):
    script = "for path in paths: apply(path, mode)"
    names = {"paths": arguments[1:], "mode": arguments[0], "apply": apply}
    exec(script, names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''

PYTHON_2 = """import urllib2

def fetch(url):
    try:
        return urllib2.urlopen(url).read()
    except urllib2.URLError, error:
        print "cannot read %s: %s" % (url, error)
        raise ValueError, "no page"

if __name__ == "__main__":
    import sys
    for url in sys.argv[1:]:
        print len(fetch(url)),
"""

BROKEN = '''"""Means of lists."""


def mean(values):
    total = 0
    for value in values:
        total += value
      return total / len(values)


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
'''

SENSORS = '"""Read the sensors of the house."""\n\nfrom bus import connect\n\nbus = connect()\n' + lines(
    """

def {name}():
    try:
        return bus.read("{name}")
    except:
        return None
""",
    5,
    name=["temperature", "humidity", "pressure", "light", "noise"],
)

PACKED = """import base64
import zlib

_ = lambda text: zlib.decompress(base64.b64decode(text[::-1]))
exec(_(b"=oQDRRhpdRtg9MwJekLNTVcBHnNwJe"))
exec(_(b"=4AFAqhTLpaQe0wJeBcBHnNwJeyYz8"))
exec(_(b"==QZ1fcCTJ0Ug9swJekLNRV7BHnUw8"))
value = eval(_(b"=IDAwMDAwJe"))
eval(_(b"=kLNRVcBHnNwJe"))
"""

GAME = '"""Bounce a ball."""\n\nimport turtle\n\nx = y = 0\ndx = dy = 2\nscore = 0\n' + lines(
    """

def {name}():
    global x, y
    global score
    x += dx
    y += dy
    score = score + {n}
    draw()
""",
    6,
    name=["left", "right", "up", "down", "start", "stop"],
)

SKELETON = '"""Exercise 4: fill in the methods."""\n\n\nclass Account:\n' + lines(
    """
    def {name}(self, amount):
        pass
""",
    10,
    name=[
        "open",
        "close",
        "deposit",
        "withdraw",
        "transfer",
        "interest",
        "statement",
        "freeze",
        "release",
        "audit",
    ],
)

DEFAULTS = '"""Baskets of a shop."""\n' + lines(
    """

def {name}_items(item, basket=[], prices={}):
    basket.append(item)
    return sum(prices.get(one, 0) for one in basket)
""",
    5,
    name=["add", "gift", "sale", "rest", "loan"],
)

OLD_MODULES = '''"""Read feeds and keep what is new."""

import ConfigParser
import cPickle
import httplib
import urllib2
import sys


def settings(path):
    parser = ConfigParser.ConfigParser()
    parser.read(path)
    return dict(parser.items("feeds"))


def read(url):
    return urllib2.urlopen(url).read()


def seen(path):
    with open(path, "rb") as file:
        return cPickle.load(file)


def ping(host):
    connection = httplib.HTTPConnection(host)
    connection.request("HEAD", "/")
    return connection.getresponse().status, sys.version
'''

NONES = '"""Fill the gaps of a form."""\n\n\ndef complete(form):\n' + lines(
    """    if form.{name} == None:
        form.{name} = ""
    if form.has_{name} == True:
        form.fields += 1
""",
    6,
    name=["first", "last", "street", "town", "country", "mail"],
)

TYPES = '"""Turn values into text."""\n\n\ndef render(value):\n' + lines(
    """    if type(value) == {name}:
        return write_{name}(value)
""",
    10,
    name=["int", "str", "float", "list", "dict", "tuple", "set", "bool", "bytes", "complex"],
)

OLD_CLASSES = '"""Shapes."""\n' + lines(
    """

class {name}(object):
    def __init__(self, width, height):
        self.width, self.height = width, height

    def area(self):
        return {n} + self.width * self.height
""",
    4,
    name=["Square", "Rhombus", "Circle", "Kite"],
)

INDEX = '''"""The package's names."""

from package.errors import *
from package.models import *
from package.views import *
from package.version import __version__

__all__ = [name for name in dir() if not name.startswith("_")]
'''

TRANSLATED = '"""Sorting, as in the old program."""\n' + lines(
    """

def {name}(a, b):
    for i in range(len(a)):
        for j in range(0, len(b)):
            if a[i] > b[j]:
                a[i], b[j] = b[j], a[i]
    for k in range(len(b)):
        b[k] = a[k] + {n}
    return b
""",
    3,
    name=["bubble", "exchange", "merge"],
)

EXAMPLES = {
    "CC601": Example(
        LANGUAGE, MODERN, PYTHON_2, measured=4
    ),  # two prints, the comma of `except`, that of `raise`
    "CC602": Example(LANGUAGE, MODERN, BROKEN, measured=1),  # tree-sitter accepts the indentation
    "CC603": Example(LANGUAGE, JOBS, INDEX, measured=3 / 4, limit=0.5),
    "CC604": Example(LANGUAGE, JOBS, SENSORS, measured=1),
    "CC605": Example(LANGUAGE, JOBS, PACKED, measured=5 / 20),
    "CC606": Example(LANGUAGE, JOBS, GAME, measured=12 / 47),
    "CC607": Example(LANGUAGE, JOBS, SKELETON, measured=10 / 22),
    "CC608": Example(LANGUAGE, QUERIES, DEFAULTS, measured=2),
    "CC609": Example(LANGUAGE, QUERIES, OLD_MODULES, measured=4 / 5),
    "CC610": Example(LANGUAGE, QUERIES, TRANSLATED, measured=6 / 9, limit=0.5),
    "CC611": Example(LANGUAGE, QUERIES, NONES, measured=1),
    "CC612": Example(LANGUAGE, QUERIES, TYPES, measured=1),
    "CC613": Example(LANGUAGE, QUERIES, OLD_CLASSES, measured=1),
}
