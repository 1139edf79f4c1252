"""Two processes that erase at once: the one that comes second finds nothing to do and leaves no gap in the journal."""

from __future__ import annotations

import threading

import pytest

from gateway.db.engine import make_engine, reading
from gateway.log.journal import find_break
from gateway.suppression import erasure as erasure_module
from gateway.suppression.erasure import erase_pending
from tests.delivery.shop import NOW, Shop, person


def test_who_comes_second_has_nothing_to_erase(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [person(number) for number in range(4)]
    shop.import_people(people)
    shop.opt_out(people[1], erase=False)
    writing = vars(erasure_module)["writing"]
    other = make_engine(shop.engine.url)

    def after_the_other(engine: object) -> object:
        monkeypatch.undo()
        done = threading.Thread(target=erase_pending, args=(other,), kwargs={"actor": "other", "now": NOW})
        done.start()
        done.join(timeout=60)
        return writing(shop.engine)

    monkeypatch.setattr(erasure_module, "writing", after_the_other)
    assert erase_pending(shop.engine, actor="tester", now=NOW) == {}
    other.dispose()
    with reading(shop.engine) as connection:
        assert find_break(connection)[1] is None
