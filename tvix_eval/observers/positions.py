"""How tracers and profilers quote a position."""

from __future__ import annotations

from tvix_eval.errors import CLOSE, OPEN
from tvix_eval.hints import i64
from tvix_eval.vm.machine import session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NOWHERE: Final = OPEN + "none" + CLOSE + ":0"


def position_text(pos: i64) -> str:
    return NOWHERE if pos == 0 else session().sources.describe(pos)
