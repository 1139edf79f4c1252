"""``gateway init``: make a workspace, whole or not at all."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.context import SETTINGS, Session
from gateway.cli.output import emit, json_option
from gateway.errors import Failed, Refused
from gateway.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Engine

    from gateway.config import Workspace

SECRET_FILE = "database-url.secret"  # noqa: S105 - the name of a file, not a secret
FOLDERS = ("outbox", "reports")
_PRIVATE_FOLDER = 0o700


@click.command(help=_("Make a workspace in DIR (default: here): settings, folders and database."))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--sample", is_flag=True, help=_("Add synthetic people, a client and opt-outs to try it out."))
@click.option(
    "--database", "url", metavar="URL", help=_("Where state is kept (default: sqlite:///gateway.db).")
)
@json_option
@click.pass_obj
def init(session: Session, folder: Path | None, sample: bool, url: str | None, as_json: bool) -> None:
    """Make a workspace; ``Refused`` where there is one already. A failure leaves nothing behind."""
    root = (folder or session.directory or Path()).absolute()
    if (root / SETTINGS).exists():
        raise Refused(
            "workspace_exists",
            _("there is a workspace in {folder} already").format(folder=root),
            hint=_("choose another folder; nothing was changed"),
        )
    with _undone_on_failure(root) as made:
        workspace, engine = _make(root, url, sample=sample, made=made)
        try:
            data: dict[str, object] = {"workspace": str(root), "settings": str(root / SETTINGS)}
            if sample:
                data["sample"] = _fill_with_sample(session, workspace, engine)
        finally:
            engine.dispose()
    emit(as_json, data, _as_text(root, data))


def _make(root: Path, url: str | None, *, sample: bool, made: list[Path]) -> tuple[Workspace, Engine]:
    from gateway.cli.settings_template import settings_text
    from gateway.config import load_workspace
    from gateway.db.schema import create_database

    values: dict[str, object] = {}
    if sample:
        from gateway.cli.sample_settings import SAMPLE_SETTINGS

        values.update(SAMPLE_SETTINGS)
    if url is not None:
        values["database.url"] = _kept_secret(root, url, made)
    for name in FOLDERS:
        _make_folder(root / name, made)
    _write(root / SETTINGS, settings_text(values), made)
    # What init writes must be what it uses: a variable such as GATEWAY_DATABASE_URL applies here as everywhere.
    workspace = load_workspace(root)
    _reserve_file(root, workspace.database_url, made)
    return workspace, create_database(workspace.database_url)


def _kept_secret(root: Path, url: str, made: list[Path]) -> object:
    """Return what the settings say of a database URL: one with a password goes into a file of its own."""
    if "@" in url and ":" in url.partition("://")[2].rpartition("@")[0]:
        _write(root / SECRET_FILE, f"{url}\n", made, mode=0o600)
        return {"file": SECRET_FILE}
    return url


def _reserve_file(root: Path, url: str, made: list[Path]) -> None:
    """Create the file of an SQLite database for its owner alone; SQLite would let others read it."""
    scheme, _separator, name = url.partition(":///")
    path = Path(name)
    if scheme.startswith("sqlite") and name and not path.exists():
        if path.is_relative_to(root):
            _make_folder(path.parent, made)
        made += [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]
        path.touch(0o600, exist_ok=False)


def _make_folder(path: Path, made: list[Path]) -> None:
    for parent in (*reversed(path.parents), path):
        if not parent.exists():
            parent.mkdir(_PRIVATE_FOLDER)
            made.append(parent)


def _write(path: Path, text: str, made: list[Path], mode: int = 0o644) -> None:
    _make_folder(path.parent, made)
    path.touch(mode, exist_ok=False)
    made.append(path)
    path.write_text(text, encoding="utf-8")


@contextmanager
def _undone_on_failure(root: Path) -> Iterator[list[Path]]:
    """Remove what was made when something fails, whatever it is; say so when the folder cannot be written."""
    made: list[Path] = []
    try:
        yield made
    except BaseException as error:
        for path in reversed(made):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Failed(
                "unwritable_folder",
                _("cannot make a workspace in {folder}: {problem}").format(
                    folder=root, problem=error.strerror or type(error).__name__
                ),
                hint=_("nothing was changed"),
            ) from error
        raise


def _fill_with_sample(session: Session, workspace: Workspace, engine: Engine) -> Mapping[str, object]:
    from gateway.cli.sample import fill_with_sample
    from gateway.plugins import Manager

    manager = Manager.from_config(
        workspace.config.plugins, workspace.config.suppressors, session.disabled, session.third_party
    )
    return fill_with_sample(workspace, engine, manager, actor=session.actor, now=session.now())


def _as_text(root: Path, data: Mapping[str, object]) -> str:
    lines = [_("made a workspace in {folder}").format(folder=root)]
    if "sample" in data:
        lines.append(_("try: gateway -C {folder} deliver --format labels").format(folder=root))
    else:
        lines.append(_("fill in [provider] and [filing] in {file}").format(file=root / SETTINGS))
    return "\n".join(lines)
