"""The tutorial of docs/plugins.md, followed literally: an empty folder, a new environment, its commands, its files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.shell import ROOT, typed

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
TUTORIAL = PAGE.partition("## Tutorial")[2].partition("\n## ")[0]
BEGIN, DELIVER = re.findall(r"^```sh\n(.*?)^```$", TUTORIAL, flags=re.MULTILINE | re.DOTALL)
FIRST, TEST, SECOND = re.findall(r"^```python\n(.*?)^```$", TUTORIAL, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.long
def test_the_tutorial_leads_from_an_empty_folder_to_a_package(tmp_path: Path) -> None:
    begun = typed(BEGIN, tmp_path)
    assert begun.returncode == 0, begun.stdout[-3000:]
    folder = tmp_path / "acme-lists"
    source, test = folder / "src/acme_lists/__init__.py", folder / "tests/test_plugin.py"
    source.write_text(FIRST, encoding="utf-8")
    test.write_text(TEST, encoding="utf-8")
    told = typed(". ../.venv/bin/activate && tox -e py-latest", folder)
    assert told.returncode == 1
    assert "people.csv has 3 cells that a spreadsheet takes for formulas" in told.stdout
    source.write_text(SECOND, encoding="utf-8")
    green = typed(". ../.venv/bin/activate && tox -e py-latest", folder)
    assert green.returncode == 0, green.stdout[-3000:]
    delivered = typed(f". ../.venv/bin/activate\n{DELIVER}", folder)
    assert delivered.returncode == 0, delivered.stdout[-3000:]
    package = Path(delivered.stdout.splitlines()[-1].removeprefix("package: "))
    assert {"people.csv", "optout-request-form.pdf", "delivery-note.pdf", "manifest.json"} == {
        path.name for path in package.iterdir()
    }
