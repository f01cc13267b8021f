"""The command line: `codecorpus …`, written on the Python API and nothing else.

Nothing heavy is imported before a command runs, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from codecorpus import __version__
from codecorpus.cli.ask import diff, explain
from codecorpus.cli.build import build
from codecorpus.cli.configure import config, init
from codecorpus.cli.decontaminate import decontaminate
from codecorpus.cli.dedup import dedup
from codecorpus.cli.look import attribution, report, rule, sample, show, verify
from codecorpus.cli.machine import completion, doctor
from codecorpus.cli.parts import pack
from codecorpus.cli.plan import plan
from codecorpus.cli.tokenizer import tokenizer
from codecorpus.errors import CodecorpusError, Interrupted
from codecorpus.run import interrupts

#: The commands in the order of `--help`: title → commands.
_SECTIONS = {
    "The whole job": (build, plan, init, config),
    "Look into a run": (explain, sample, show, diff, rule, attribution, report, verify),
    "One part alone": (dedup, decontaminate, tokenizer, pack),
    "This machine": (doctor, completion),
}
_START = f"""codecorpus {__version__}: repository dumps into training data for code models

  codecorpus build FOLDER           the whole job; read corpus/report.html next
  codecorpus plan FOLDER            what that would take, before it takes it
  codecorpus explain corpus PATH    why a file was kept, changed or dropped
  codecorpus init                   a configuration file, every key explained
  codecorpus --help                 all commands"""


class _Sections(click.Group):
    """A group whose help lists the commands in sections, and not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the sections, which completion follows too."""
        return [str(command.name) for commands in _SECTIONS.values() for command in commands]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One list for each section, all as wide."""
        width = max(map(len, self.list_commands(ctx)))
        for title, commands in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(f"{command.name:<{width}}", command.get_short_help_str(66)) for command in commands]
                )


@click.group(
    cls=_Sections,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Add --traceback to any command to see where an error came from. Exit codes: 0 done, 1 alarm under --strict, "
    "2 usage or configuration, 3 bad or missing data, 4 interrupted (the same command continues).",
)
@click.version_option(__version__, prog_name="codecorpus")
@click.pass_context
def cli(context: click.Context) -> int | None:
    """Turn repository dumps into training data for code language models, and say why every file was kept, changed or dropped."""
    if context.invoked_subcommand is None:
        click.echo(_START, err=True)
        context.exit(2)
    return None


for commands in _SECTIONS.values():
    for command in commands:
        cli.add_command(command)


_STOPPED = Interrupted("stopped", "What is done is kept; the same command continues.")
_was_interrupted = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; errors are one to three lines, never a traceback unless asked for."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    traceback = "--traceback" in given
    interrupts.forget()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        code = cli.main(
            [word for word in given if word != "--traceback"], prog_name="codecorpus", standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(_fail(_STOPPED, traceback))
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone; point stdout elsewhere so that Python's last flush is quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except CodecorpusError as error:
        sys.exit(_fail(error, traceback))
    except Exception as error:
        if _was_interrupted:
            sys.exit(_fail(_STOPPED, traceback))
        if traceback:
            raise
        what = f"{type(error).__name__}: {error}"
        sys.exit(
            _fail(
                CodecorpusError(f"unexpected: {what}", "Please report it, with what --traceback shows."),
                False,
            )
        )
    except BaseException:
        # Some extension modules turn an interrupt that meets them while they are imported into a panic of their own.
        if not _was_interrupted:
            raise
        sys.exit(_fail(_STOPPED, traceback))
    sys.exit(code if isinstance(code, int) else 0)


def _fail(error: CodecorpusError, traceback: bool) -> int:
    interrupts.forget()  # whatever was asked for is said now
    if traceback:
        import traceback as module

        module.print_exception(error)
    click.echo(_inert(f"error: {error.what}"), err=True)
    if error.hint:
        click.echo(_inert(error.hint), err=True)
    return error.exit_code


def _inert(text: str) -> str:
    """The text with what would move a terminal's cursor made visible: messages name files of the corpus."""
    if text.replace("\n", "").isprintable():
        return text
    from codecorpus.report.text import printable

    return printable(text, keep="\n")


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _was_interrupted
    _was_interrupted = True
    interrupts.request()
    raise KeyboardInterrupt
