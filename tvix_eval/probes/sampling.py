"""The sampling profiler: which calls are under way, looked at now and then.

A lambda that is called, and a builtin that does work, leaves itself on a stack while it runs. Every
so many calls the clock is read, and when a sample is due, the stack is copied. A sample weighs what time
has gone by since the one before, so that all of them together are the time that the evaluation took.
"""

from __future__ import annotations

import time

from tvix_eval.hints import i64
from tvix_eval.linker import Instruments
from tvix_eval.probes.call_tree import CallNode
from tvix_eval.probes.wrapping import inner_code, position_of, with_primitive
from tvix_eval.vm.operations.calls import (
    Call1,
    Call2,
    CallBuiltin1,
    CallBuiltin2,
    CallBuiltin3,
    CallMany,
    Lambda,
)
from tvix_eval.vm.values import Builtin, Code, Env, Op, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STRIDE: Final = 32  # events between two looks at the clock
PENDING: Final = 500  # samples that are kept as they are, before they are added to the tree

# Builtins that may take long by themselves: the clock is read whenever one ends.
SLOW: Final = frozenset(
    (
        "concatStringsSep derivationStrict fetchGit fetchTarball fetchTree fetchurl filterSource findFile"
        " fromJSON fromTOML genericClosure hashFile hashString import match path readDir readFile"
        " replaceStrings scopedImport sort split storePath toFile toJSON toXML"
    ).split()
)
# Builtins that call functions or force what they are given. All others are over before the clock has
# moved, and count as part of who calls them.
CALLING: Final = frozenset(
    (
        "addErrorContext all any concatLists concatMap deepSeq elem filter foldl' genList groupBy listToAttrs"
        " map mapAttrs partition seq tryEval zipAttrsWith"
    ).split()
)


class SampledFrame:
    """What is on the stack: a function; or, without a name, the place of a call."""

    def __init__(self, name: str, pos: i64, is_site: bool) -> None:
        self.name: Final = name
        self.pos: Final[i64] = pos
        self.is_site: Final = is_site


class Sampler:
    """`interval`: the time between two samples. `root`: the profile, complete after `finish`.

    Of `stack` the first `depth` count. An error leaves `depth` where it was raised; who goes on after it
    sets it back, as everything does that ends.
    """

    def __init__(self, interval: i64) -> None:
        self.root: Final = CallNode("", 0)
        self.interval: Final[i64] = interval
        self.stack: Final[list[SampledFrame]] = []
        self.depth: i64 = 0
        self.left: i64 = STRIDE
        self.last: i64 = time.perf_counter_ns()
        self.stacks: Final[list[list[SampledFrame]]] = []
        self.weights: Final[list[int]] = []

    def look(self) -> None:
        self.left = STRIDE
        now: i64 = time.perf_counter_ns()
        if now - self.last >= self.interval:
            self.sample(now)

    def sample(self, now: i64) -> None:
        self.stacks.append(self.stack[: self.depth])
        self.weights.append(now - self.last)
        self.last = now
        if len(self.stacks) >= PENDING:
            self.settle()

    def settle(self) -> None:
        """Add the samples to the tree. A call is one node, with its place and what is called.

        Most of a stack is that of the sample before, whose `nodes` are known: of frame i, node i.
        """
        at = 0
        before: list[SampledFrame] = []
        nodes: list[CallNode] = []
        for stack in self.stacks:
            depth = 0
            shared = min(len(stack), len(before))
            while depth < shared and stack[depth] is before[depth]:
                depth += 1
            del nodes[depth:]
            node = self.root
            site: i64 = 0
            if depth > 0:
                node = nodes[depth - 1]
                if stack[depth - 1].is_site:
                    site = stack[depth - 1].pos
            while depth < len(stack):
                frame = stack[depth]
                if frame.is_site:
                    site = frame.pos
                else:
                    node = node.child(frame.name, site if site != 0 else frame.pos)
                    site = 0
                nodes.append(node)
                depth += 1
            node.own += self.weights[at]
            node.count += 1
            before = stack
            at += 1
        self.stacks.clear()
        self.weights.clear()

    def enter(self, frame: SampledFrame) -> i64:
        """Put a frame on the stack. What `depth` was, to be put back when it is left."""
        depth = self.depth
        stack = self.stack
        if depth >= len(stack):
            stack.append(frame)
        else:
            stack[depth] = frame
        self.depth = depth + 1
        return depth

    def finish(self) -> None:
        self.sample(time.perf_counter_ns())
        self.settle()


class SampledBody(Op):
    """The body of a lambda, which is on the stack while it runs."""

    def __init__(self, code: Code, frame: SampledFrame, sampler: Sampler) -> None:
        self.code: Final = code
        self.frame: Final = frame
        self.sampler: Final = sampler

    def eval(self, env: Env) -> object:
        sampler = self.sampler
        left = sampler.left - 1
        sampler.left = left
        if left <= 0:
            sampler.look()
        depth = sampler.enter(self.frame)
        result = self.code.body.eval(env)
        sampler.depth = depth
        return result


class SampledCall(Op):
    """A call, whose place is on the stack while it is made."""

    def __init__(self, inner: Op, frame: SampledFrame, sampler: Sampler) -> None:
        self.inner: Final = inner
        self.frame: Final = frame
        self.sampler: Final = sampler

    def eval(self, env: Env) -> object:
        sampler = self.sampler
        depth = sampler.enter(self.frame)
        result = self.inner.eval(env)
        sampler.depth = depth
        return result


class SampledPrimitive(Primitive):
    def __init__(self, inner: Primitive, frame: SampledFrame, sampler: Sampler, slow: bool) -> None:
        self.inner: Final = inner
        self.frame: Final = frame
        self.sampler: Final = sampler
        self.slow: Final = slow

    def end(self, depth: i64) -> None:
        """What took long in here must not be counted as its caller's."""
        sampler = self.sampler
        left = sampler.left - 1
        sampler.left = left
        if left <= 0 or self.slow:
            sampler.look()
        sampler.depth = depth

    def call1(self, a: object) -> object:
        depth = self.sampler.enter(self.frame)
        try:
            return self.inner.call1(a)
        finally:
            self.end(depth)

    def call2(self, a: object, b: object) -> object:
        depth = self.sampler.enter(self.frame)
        try:
            return self.inner.call2(a, b)
        finally:
            self.end(depth)

    def call3(self, a: object, b: object, c: object) -> object:
        depth = self.sampler.enter(self.frame)
        try:
            return self.inner.call3(a, b, c)
        finally:
            self.end(depth)

    def call_many(self, args: list[object]) -> object:
        depth = self.sampler.enter(self.frame)
        try:
            return self.inner.call_many(args)
        finally:
            self.end(depth)


class SamplingInstruments(Instruments):
    def __init__(self, sampler: Sampler) -> None:
        self.sampler: Final = sampler

    def observed(self, operation: Op) -> Op:
        if isinstance(operation, Lambda):
            code = operation.code
            parameter = code.params[0]
            code.body = SampledBody(
                inner_code(code), SampledFrame(parameter.name, parameter.pos, False), self.sampler
            )
            return operation
        if is_call(operation):
            return SampledCall(operation, SampledFrame("", position_of(operation), True), self.sampler)
        return operation

    def builtin(self, builtin: Builtin) -> Builtin:
        slow = builtin.name in SLOW
        if not slow and builtin.name not in CALLING:
            return builtin
        frame = SampledFrame("primop " + builtin.name, 0, False)
        return with_primitive(builtin, SampledPrimitive(builtin.primitive, frame, self.sampler, slow))


def is_call(operation: Op) -> bool:
    return (
        isinstance(operation, Call1)
        or isinstance(operation, Call2)
        or isinstance(operation, CallMany)
        or isinstance(operation, CallBuiltin1)
        or isinstance(operation, CallBuiltin2)
        or isinstance(operation, CallBuiltin3)
    )
