"""Let a delivering process die, for real: a forked child that leaves by ``os._exit`` at a chosen step."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from time import monotonic, sleep
from typing import Literal, get_args

from gateway.db.engine import make_engine
from gateway.delivery import publishing, releasing_files
from gateway.delivery.recovery import Recovered, recover
from gateway.errors import GatewayError
from tests.delivery import plain_format
from tests.delivery.shop import NOW, Shop, on_step

Step = Literal[
    "screening", "rendering", "mid_rendering", "re-reading", "before_release", "after_release", "after_rename"
]
STEPS: tuple[Step, ...] = get_args(Step)

_DIED = 77
_REFUSED = 78


def deliver_and_die(shop: Shop, step: Step) -> bool:
    """Deliver in a child process that dies at a step; returns whether it came so far before being refused."""
    child = os.fork()
    if child == 0:
        try:
            _deliver_in_child(shop, step)
        except GatewayError:
            os._exit(_REFUSED)
        except BaseException:  # noqa: BLE001 - a child must never return into the test runner
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (_DIED, _REFUSED), f"the child ended with {code}"
    return code == _DIED


def recover_the_dead(shop: Shop) -> list[Recovered]:
    """Recover once the database has noticed that its client has died: a server drops a dead session's lock a little later."""
    deadline = monotonic() + 30
    while not (done := recover(shop.engine, shop.workspace, actor="tester", now=NOW)):
        if monotonic() > deadline:
            break
        sleep(0.05)
    return done


def _deliver_in_child(shop: Shop, step: Step) -> None:
    own = Shop(engine=make_engine(shop.engine.url), workspace=shop.workspace, manager=shop.manager)
    publish: Callable[..., object] = vars(publishing)["publish"]

    def rename_and_die(*args: object) -> None:
        publish(*args)
        _die()

    if step == "mid_rendering":
        plain_format.while_rendering.append(_die)
    elif step == "before_release":
        vars(releasing_files)["release"] = _die
    elif step == "after_release":
        vars(publishing)["publish"] = _die
    elif step == "after_rename":
        vars(publishing)["publish"] = rename_and_die
    own.deliver(progress=on_step(step, _die))


def _die(*_args: object, **_named: object) -> None:
    os._exit(_DIED)
