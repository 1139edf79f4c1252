"""The cache of derived tables: fast when it can be, silent when it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gateway.postal import derived_cache


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("GATEWAY_CACHE_DIR", str(folder))
    return folder


def _never() -> dict[str, int]:
    raise AssertionError("built again")


def test_a_value_is_built_once(folder: Path) -> None:
    assert derived_cache("numbers", 1, lambda: {"one": 1}) == {"one": 1}
    assert derived_cache("numbers", 1, _never) == {"one": 1}
    assert len(list(folder.iterdir())) == 1


def test_another_version_is_built_anew(folder: Path) -> None:
    derived_cache("numbers", 1, lambda: {"one": 1})
    assert derived_cache("numbers", 2, lambda: {"one": 2}) == {"one": 2}


@pytest.mark.parametrize("damage", [b"", b"not a cache", b"x\x9cS"], ids=["empty", "foreign", "cut off"])
def test_a_damaged_cache_is_built_again_silently(folder: Path, damage: bytes) -> None:
    derived_cache("numbers", 1, lambda: {"one": 1})
    file = next(folder.iterdir())
    file.write_bytes(damage)
    assert derived_cache("numbers", 1, lambda: {"one": 1}) == {"one": 1}
    assert derived_cache("numbers", 1, _never) == {"one": 1}


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("GATEWAY_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert derived_cache("numbers", 1, lambda: {"one": 1}) == {"one": 1}


def test_a_cache_that_cannot_be_replaced_leaves_nothing_behind(folder: Path) -> None:
    derived_cache("numbers", 1, lambda: {"one": 1})
    file = next(folder.iterdir())
    file.unlink()
    file.mkdir()
    assert derived_cache("numbers", 1, lambda: {"one": 1}) == {"one": 1}
    assert list(folder.iterdir()) == [file]


@pytest.mark.skipif(sys.platform != "linux", reason="names the folder by the XDG rules")
def test_the_cache_stands_in_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    derived_cache("numbers", 1, lambda: {"one": 1})
    assert [path.name.split("-")[0] for path in (tmp_path / "delivery-gateway").iterdir()] == ["numbers"]
