"""Where errors become one line on stderr and an exit code.

The text of an unexpected exception may hold what the program was working on, which is personal data; so its type and
place are told, its text and traceback only with ``--debug``.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import traceback

import click
from click.exceptions import NoArgsIsHelpError

from gateway.cli.output import print_json
from gateway.errors import Damaged, Failed, GatewayError, WrongUsage
from gateway.i18n import _

INTERRUPTED = 130


def report(error: Exception, *, as_json: bool, debug: bool) -> int:
    """Tell the operator what went wrong and return the exit code."""
    if isinstance(error, BrokenPipeError):
        _let_go_of_stdout()
        return 1
    if isinstance(error, click.Abort):
        _say(_("interrupted"))
        return INTERRUPTED
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return 2
    if debug and not isinstance(error, click.ClickException):
        traceback.print_exception(error)
    told = as_gateway_error(error)
    if as_json:
        print_json({"error": told.code, "message": told.message, "hint": told.hint})
    _say(_("error: {message}").format(message=told.message))
    if told.hint:
        _say(_("hint: {hint}").format(hint=told.hint))
    _flush_stdout()
    return error.exit_code if isinstance(error, click.ClickException) else told.exit_code


def as_gateway_error(error: Exception) -> GatewayError:
    """Translate any exception into one that can be shown."""
    if isinstance(error, GatewayError):
        return error
    if isinstance(error, click.ClickException):
        return _usage_error(error)
    database_error = _driver_error(error)
    if database_error is not None:
        return _database_error(database_error)
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return Failed("system", f"{error.strerror}{where}")
    return Failed(
        "unexpected",
        _("unexpected {type} at {place}").format(type=type(error).__name__, place=_place(error)),
        hint=_("run again with --debug to see the traceback; it may show personal data"),
    )


def _usage_error(error: click.ClickException) -> GatewayError:
    context = getattr(error, "ctx", None)
    hint = _("see `{command} --help`").format(command=context.command_path) if context else ""
    return WrongUsage("usage", " ".join(error.format_message().split()), hint=hint)


def _driver_error(error: BaseException) -> BaseException | None:
    """Return the database driver's own error, whether SQLAlchemy has wrapped it or not."""
    inner = getattr(error, "orig", None)
    if type(error).__module__.startswith("sqlalchemy.") and isinstance(inner, BaseException):
        return inner
    if isinstance(error, sqlite3.Error) or type(error).__module__.startswith("psycopg"):
        return error
    return None


def _database_error(error: BaseException) -> GatewayError:
    """Name the cause; the driver's text is searched, never shown, because it may quote a row.

    Most errors are told by ``gateway.db`` already; these escaped a transaction.
    """
    text = str(error).lower()
    if "malformed" in text or "not a database" in text:
        return Damaged(
            "corrupt_database",
            _("the database is damaged"),
            hint=_("restore it from a backup; nothing was changed"),
        )
    if "locked" in text or "busy" in text:
        return Failed(
            "database_busy",
            _("the database is locked by another program"),
            hint=_("wait for the other command to end and try again"),
        )
    return Failed(
        "database_error",
        _("the database refused: {type} at {place}").format(type=type(error).__name__, place=_place(error)),
        hint=_("run `gateway doctor`; with --debug the traceback shows the statement"),
    )


def _place(error: BaseException) -> str:
    """Return the module and line where an exception was raised, inside the gateway if it passed through it."""
    frames = [
        (frame.f_globals.get("__name__", "?"), line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    own = [(module, line) for module, line in frames if str(module).startswith("gateway")]
    module, line = (own or frames or [("?", 0)])[-1]
    return f"{module}:{line}"


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more; the exit code still tells
        click.echo(text, err=True)


def _flush_stdout() -> None:
    """Write what is still buffered, or drop it: left to the interpreter, a full disk would change the exit code."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _let_go_of_stdout()


def _let_go_of_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush stays quiet."""
    with contextlib.suppress(OSError, ValueError):  # a test's stdout has no file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
