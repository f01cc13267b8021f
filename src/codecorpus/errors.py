"""Every error a user can meet, in one tree.

```
CodecorpusError            something the user can act on; carries an exit code
├── UsageError        (2)  the call itself cannot work
│   ├── ConfigError   (2)  one or more configuration mistakes, listed together
│   ├── ExtraMissingError (2)  an optional dependency is asked for and not installed
│   └── OutputError   (2)  the output folder is in use, or holds something else
├── DataError         (3)  input is missing, or so broken that nothing can be read
│   ├── SourceError   (3)  a source as a whole: missing, empty, of an unknown kind
│   └── RunError      (3)  a run's folder: unfinished, damaged, or not a run
├── StorageError      (3)  the disk refused: full, read-only, gone
└── Interrupted       (4)  stopped on request; the same command continues
```

A message is one to three lines: what happened, where (file, configuration key, stage), what to do next. A
single bad document is never an exception: it is a row of the decisions table.
"""

from __future__ import annotations

import re

#: `user:password` of an address; a password may hold slashes. Resolving a path makes one slash of two.
_USER = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]+:/{1,3})(?:[^/\s?#:@]+:[^\s?#]*|[^/\s?#]+)@")
_PARAMETER = re.compile(
    r"([?&][^=&\s]*(?:key|secret|token|password|passwd|credential|signature|sig)[^=&\s]*=)[^&#\s]+",
    re.IGNORECASE,
)


def without_credentials(text: str) -> str:
    """The text with what addresses in it say of users, passwords, keys and signatures left out.

    >>> without_credentials("s3://KEY:SECRET@bucket/a?secret_key=B&region=c")
    's3://***@bucket/a?secret_key=***&region=c'
    """
    return _PARAMETER.sub(r"\1***", _USER.sub(r"\1***@", text))


class CodecorpusError(Exception):
    """Base of every error that is shown without a traceback; credentials in addresses are shown nowhere.

    Args:
        what: what happened, and where.
        hint: what to do about it; shown on a line of its own.
    """

    exit_code = 3

    def __init__(self, what: str, hint: str = "") -> None:
        what, hint = without_credentials(what), without_credentials(hint)
        super().__init__(what, hint)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}\n{self.hint}" if self.hint else self.what


class UsageError(CodecorpusError):
    """The call itself cannot work."""

    exit_code = 2


class ConfigError(UsageError):
    """One or more configuration mistakes.

    Args:
        mistakes: one line per mistake: key path, what is wrong, the nearest valid key or the allowed values.
    """

    def __init__(self, mistakes: list[str]) -> None:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__(f"{count} in the configuration", "\n".join(f"  {line}" for line in mistakes))
        self.mistakes = mistakes

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[str]]]:
        return (type(self), (self.mistakes,))


class ExtraMissingError(UsageError):
    """An optional dependency is asked for and not installed.

    Args:
        what: what asks for it, such as a setting.
        extra: name of the extra.

    >>> print(ExtraMissingError("source.magika = true", "magika"))
    source.magika = true needs a package that is not installed
    Install it with: pip install 'codecorpus[magika]'
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a package that is not installed",
            f"Install it with: pip install 'codecorpus[{extra}]'",
        )
        self.asked, self.extra = what, extra

    def __reduce__(self) -> tuple[type[ExtraMissingError], tuple[str, str]]:
        return (type(self), (self.asked, self.extra))


class OutputError(UsageError):
    """The output folder is in use by another run, cannot be written, or holds something else."""


class DataError(CodecorpusError):
    """Input is missing, or so broken that nothing can be read from it."""


class SourceError(DataError):
    """A source as a whole cannot be read: missing, empty, or of an unknown kind."""


class RunError(DataError):
    """A run's folder is unfinished, damaged, or not a run at all."""


class StorageError(CodecorpusError):
    """The disk refused: full, read-only, or gone."""


class Interrupted(CodecorpusError):
    """Stopped on request; running the same command again continues."""

    exit_code = 4
