"""Linking for an evaluation that is observed: which operations report to the `Observer`."""

from __future__ import annotations

from tvix_eval.linker import Instruments, Region
from tvix_eval.vm.observed_calls import observed_code
from tvix_eval.vm.observer import EXPRESSIONS, Observer
from tvix_eval.vm.operations.attrs import (
    AttrsLiteral,
    AttrsWithSources,
    Concat,
    DynamicAttrs,
    ListLiteral,
    PathComponent,
    RecursiveAttrs,
    Select,
    SelectOr,
    SelectPath,
    Update,
)
from tvix_eval.vm.operations.calls import Call2, Lambda
from tvix_eval.vm.operations.observed import (
    Avoided,
    AvoidedConst,
    CountedConcat,
    CountedUpdate,
    Delayed,
    LookedUp,
    Made,
)
from tvix_eval.vm.operations.strings import Add
from tvix_eval.vm.operations.variables import (
    Const,
    Lazy,
    LocalA,
    LocalB,
    LocalC,
    LocalRest,
    UpA,
    UpB,
    UpC,
    UpRest,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.vm.values import Builtin, Op


class ObserverInstruments(Instruments):
    def __init__(self, observer: Observer) -> None:
        self.observer: Final = observer

    def observed(self, operation: Op) -> Op:
        observer = self.observer
        observer.count(EXPRESSIONS, 1)
        if isinstance(operation, Lambda):
            return Delayed(Lambda(observed_code(operation.code)), observer)
        if isinstance(operation, Const):
            return AvoidedConst(operation.value, observer)
        if isinstance(operation, SelectPath):
            return self.select_path(operation)
        if isinstance(operation, Update):
            return CountedUpdate(operation, observer)
        if isinstance(operation, Concat):
            return CountedConcat(operation, observer)
        if isinstance(operation, DynamicAttrs):
            static = operation.static
            if isinstance(static, Made):
                static = static.inner  # it becomes part of the same set
            return Made(
                DynamicAttrs(static, operation.names, operation.values, operation.positions), observer
            )
        if (
            isinstance(operation, ListLiteral)
            or isinstance(operation, AttrsLiteral)
            or isinstance(operation, AttrsWithSources)
            or isinstance(operation, RecursiveAttrs)
        ):
            return Made(operation, observer)
        if isinstance(operation, Select):
            subject = LookedUp(operation.subject, observer)
            return Delayed(Select(subject, operation.name, operation.pos), observer)
        if isinstance(operation, SelectOr):
            subject = LookedUp(operation.subject, observer)
            return Delayed(SelectOr(subject, operation.name, operation.default, operation.pos), observer)
        if isinstance(operation, Region) or isinstance(operation, Add) or isinstance(operation, Call2):
            return Delayed(operation, observer)
        if is_variable(operation):
            return Avoided(operation, observer)
        return operation

    def builtin(self, builtin: Builtin) -> Builtin:
        return builtin.as_observed(True)

    def select_path(self, operation: SelectPath) -> Op:
        """Each component counts when its name is looked up."""
        path: list[PathComponent] = []
        for component in operation.path:
            name = component.dynamic
            if name is None:
                name = Const(component.name)
            path.append(PathComponent("", LookedUp(name, self.observer), component.pos, component.shown))
        return Delayed(SelectPath(operation.subject, path, operation.default, operation.pos), self.observer)


def is_variable(operation: Op) -> bool:
    return (
        isinstance(operation, LocalA)
        or isinstance(operation, LocalB)
        or isinstance(operation, LocalC)
        or isinstance(operation, LocalRest)
        or isinstance(operation, UpA)
        or isinstance(operation, UpB)
        or isinstance(operation, UpC)
        or isinstance(operation, UpRest)
        or isinstance(operation, Lazy)
    )
