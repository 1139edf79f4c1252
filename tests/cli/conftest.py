"""Run the command line in this process, with plugins that are really installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from tests.installing import install

__all__ = ["install"]

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run ``gateway`` with arguments in an empty folder, with no ``GATEWAY_*`` variable but those given."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for name in ("GATEWAY_HOME", "GATEWAY_DEBUG", "GATEWAY_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEWAY_LANG", "en")

    def invoke(*arguments: str | Path, **environ: str) -> Result:
        return CliRunner().invoke(gateway, [str(argument) for argument in arguments], env=dict(environ))

    return invoke
