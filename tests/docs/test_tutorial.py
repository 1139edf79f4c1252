"""The tutorial of docs/plugins.md, followed literally: an empty folder, a new environment, its commands, its files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
TUTORIAL = PAGE.partition("## Tutorial")[2].partition("\n## ")[0]
BEGIN, DELIVER = re.findall(r"^```sh\n(.*?)^```$", TUTORIAL, flags=re.MULTILINE | re.DOTALL)
FIRST, TEST, SECOND = re.findall(r"^```python\n(.*?)^```$", TUTORIAL, flags=re.MULTILINE | re.DOTALL)


def _type(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type commands into a shell that stops at the first failure; the environment of this test is not in it."""
    own = str(Path(sys.executable).parent)
    path = os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if each != own)
    unset = {"VIRTUAL_ENV", "PYTHONPATH", "TOX_ENV_NAME", "TOX_WORK_DIR", "TOX_ENV_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**kept, "PATH": path, "GATEWAY": str(ROOT), "GATEWAY_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.long
def test_the_tutorial_leads_from_an_empty_folder_to_a_package(tmp_path: Path) -> None:
    begun = _type(BEGIN, tmp_path)
    assert begun.returncode == 0, begun.stdout[-3000:]
    folder = tmp_path / "acme-lists"
    source, test = folder / "src/acme_lists/__init__.py", folder / "tests/test_plugin.py"
    source.write_text(FIRST, encoding="utf-8")
    test.write_text(TEST, encoding="utf-8")
    told = _type(". ../.venv/bin/activate && tox -e py-latest", folder)
    assert told.returncode == 1
    assert "people.csv has 3 cells that a spreadsheet takes for formulas" in told.stdout
    source.write_text(SECOND, encoding="utf-8")
    green = _type(". ../.venv/bin/activate && tox -e py-latest", folder)
    assert green.returncode == 0, green.stdout[-3000:]
    delivered = _type(f". ../.venv/bin/activate\n{DELIVER}", folder)
    assert delivered.returncode == 0, delivered.stdout[-3000:]
    package = Path(delivered.stdout.splitlines()[-1].removeprefix("package: "))
    assert {"people.csv", "optout-request-form.pdf", "delivery-note.pdf", "manifest.json"} == {
        path.name for path in package.iterdir()
    }
