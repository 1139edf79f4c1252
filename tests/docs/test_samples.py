"""Samples in the documentation are run, or at least read by the program that they are for."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.config import format_table, read_config, read_options
from gateway.plugins import Manager
from tests.docs.cli_reference import all_commands

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "contrib").glob("*/README.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
COMMANDS = dict(all_commands())
RUN = {
    "docs/plugins.md": "tests/docs/test_plugins_page.py",
    "docs/hashed-lists.md": "tests/refusals/test_hashed_lists.py",
}
"""The pages with Python, and the tests that run what stands there."""
OTHERS = {"handover", "sftp"}
"""Commands of plugins that do not come with the gateway; their own tests run them."""


def _blocks(*languages: str) -> Iterator[tuple[str, str]]:
    for path in PAGES:
        for language, content in BLOCK.findall(path.read_text(encoding="utf-8")):
            if language in languages:
                yield path.relative_to(ROOT).as_posix(), content


def _command_lines() -> Iterator[str]:
    """Yield what the pages tell to type: in blocks, and between backquotes."""
    for _page, content in _blocks("sh", "console"):
        for line in content.replace("\\\n", " ").splitlines():
            yield from re.findall(r"(?:^|&& |\$ )(gateway [^&#]+)", line)
    for path in PAGES:
        yield from re.findall(r"`(gateway [a-z-][^`\n]*)`", path.read_text(encoding="utf-8"))


def test_every_sample_in_python_is_run_by_a_test() -> None:
    assert {page for page, _content in _blocks("python")} == set(RUN)
    for page, test in RUN.items():
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "content"), [*_blocks("toml")])
def test_every_sample_of_settings_can_be_read(
    page: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in re.findall(r'env = "(\w+)"', content):
        monkeypatch.setenv(variable, "sesame")
    path = tmp_path / "gateway.toml"
    path.write_text(content, encoding="utf-8")
    config = read_config(path)
    for name, table in tomllib.loads(content)["formats"].items():
        client = next(iter(table.get("clients", {"": {}})))
        if page.startswith("contrib/"):
            continue  # whose own tests know its options
        options = Manager().format(name).item.options
        assert read_options(options, format_table(config, name, client), {}, name=name) is not None


@pytest.mark.parametrize("line", sorted(set(_command_lines())))
def test_every_command_that_is_shown_can_be_typed(line: str) -> None:
    words = shlex.split(line.replace("…", ""), posix=True)[1:]
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] == "-C" else words[1:]
    if not words or words[0] in OTHERS:
        return
    path = next((each for each in _beginnings(words) if each in COMMANDS), ())
    assert path, f"there is no command {words[0]}"
    command = COMMANDS[path]
    known = {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
    used = {word.partition("=")[0] for word in words if re.fullmatch(r"--[a-z-]+(?:=.*)?", word)}
    assert used <= known | {"--help", "--json"}


def _beginnings(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the first words of a line, the most first: a command is found by its longest name."""
    return (tuple(words[:length]) for length in (3, 2, 1))
