"""How the Python contestants do each kind of work: a function that is timed, made of cases that all get.

What a case has to be turned into for a package is done before the clock starts. An edit is `[position,
deleted, inserted]`, the last two as text.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from ot import Json, Operation, get_type
from ot.composition import compose_all
from ot.live_document import live_document

Edit: TypeAlias = tuple[int, str, str]
Run: TypeAlias = Callable[[], object]
"""The work; it returns what it has led to, where that can be compared."""
Adapter: TypeAlias = Callable[[Json], Run]
Compose: TypeAlias = Callable[[Operation, Operation], Operation]

TEXT: Final = get_type("text")
RICH: Final = get_type("rich-text")


def counterpoint() -> dict[str, Adapter]:
    """Return how Counterpoint does them, compiled or not."""
    text: Any = TEXT

    def both_rich(a: Operation, b: Operation) -> None:
        RICH.transform(a, b, "left")
        RICH.transform(b, a, "right")

    def replay(edits: Sequence[Edit]) -> Run:
        ops = [operation(edit) for edit in edits]

        def run() -> str:
            document = live_document(TEXT, "")
            for op in ops:
                document.apply(op)
            return str(document.snapshot())

        return run

    def compose(edits: Sequence[Edit]) -> Run:
        ops = [operation(edit) for edit in edits]
        return lambda: TEXT.apply("", compose_all(TEXT, ops))

    def merge(branches: Json) -> Run:
        document = str(branches["document"])
        ours, theirs = ([operation(edit) for edit in branches[side]] for side in ("ours", "theirs"))

        def run() -> int:
            own, other = compose_all(TEXT, ours), compose_all(TEXT, theirs)
            _, other_after = text.cross(own, other)
            return len(TEXT.apply(TEXT.apply(document, own), other_after))

        return run

    return {
        "transform": each(text.cross),
        "compose": each(TEXT.compose),
        "rich transform": each(both_rich),
        "replay": replay,
        "compose all": compose,
        "merge": merge,
    }


def slicing() -> dict[str, Adapter]:
    """Return how a `str` is edited without any package: the floor."""

    def replay(edits: Sequence[Edit]) -> Run:
        def run() -> str:
            text = ""
            for place, deleted, inserted in edits:
                text = text[:place] + inserted + text[place + len(deleted) :]
            return text

        return run

    return {"replay": replay}


def ottype(module: str) -> dict[str, Adapter]:
    """Return how python-ottype does them; its deletes say the text."""
    package: Any = importlib.import_module(module)

    def both(a: Operation, b: Operation) -> None:
        package.transform(a, b, "left")
        package.transform(b, a, "right")

    def compose(edits: Sequence[Edit]) -> Run:
        ops = [operation(edit, says=True) for edit in edits]
        return lambda: package.apply("", composed_in_pairs(package.compose, ops))

    def saying(function: Callable[[Operation, Operation], object]) -> Adapter:
        return lambda pairs: each(function)([(said(a), said(b)) for a, b in pairs])

    return {"transform": saying(both), "compose": saying(package.compose), "compose all": compose}


def delta_port() -> dict[str, Adapter]:
    """Return how the Python port of quill-delta does them."""
    delta: Any = importlib.import_module("delta").Delta

    def transform(pairs: Json) -> Run:
        return each(lambda a, b: (b.transform(a, True), a.transform(b, False)))(
            [(delta(a), delta(b)) for a, b in pairs]
        )

    return {"rich transform": transform}


def loro() -> dict[str, Adapter]:
    """Return how loro does them: the edits of a replay or of a branch are one transaction."""
    package: Any = importlib.import_module("loro")

    def edited(document: Any, edits: Sequence[Edit]) -> str:
        text = document.get_text("text")
        for place, deleted, inserted in edits:
            if deleted:
                text.delete(place, len(deleted))
            if inserted:
                text.insert(place, inserted)
        document.commit()
        return str(text.to_string())

    def merge(branches: Json) -> Run:
        base = package.LoroDoc()
        edited(base, [(0, "", branches["document"])])

        def run() -> int:
            own, other = base.fork(), base.fork()
            edited(own, branches["ours"])
            edited(other, branches["theirs"])
            own.import_(other.export(package.ExportMode.Snapshot()))
            return len(own.get_text("text").to_string())

        return run

    return {"replay": lambda edits: lambda: edited(package.LoroDoc(), edits), "merge": merge}


def pycrdt() -> dict[str, Adapter]:
    """Return how pycrdt does them: each edit of a replay is a transaction of its own."""
    package: Any = importlib.import_module("pycrdt")

    def edited(document: Any, edits: Sequence[Edit]) -> str:
        text = document.get("text", type=package.Text)
        for place, deleted, inserted in edits:
            if deleted:
                del text[place : place + len(deleted)]
            if inserted:
                text.insert(place, inserted)
        return str(text)

    return {"replay": lambda edits: lambda: edited(package.Doc(), edits)}


ADAPTERS: Final[dict[str, Callable[[], dict[str, Adapter]]]] = {
    "counterpoint": counterpoint,
    "slicing": slicing,
    "ottype-compiled": lambda: ottype("ottype.core_boost"),
    "ottype-pure": lambda: ottype("ottype.core"),
    "delta-port": delta_port,
    "loro": loro,
    "pycrdt": pycrdt,
}
"""What a contestant does, by the name of its adapter, and by the kind of work."""


def each(function: Callable[[Operation, Operation], object]) -> Adapter:
    """Return work that calls a function with every pair of operations."""

    def prepared(pairs: Json) -> Run:
        def run() -> None:
            for a, b in pairs:
                function(a, b)

        return run

    return prepared


def operation(edit: Edit, *, says: bool = False) -> Operation:
    """Return an edit as an operation of `text`, whose delete may say its text."""
    place, deleted, inserted = edit
    delete = {"d": deleted if says else len(deleted)}
    return [*([place] if place else []), *([inserted] if inserted else []), *([delete] if deleted else [])]


def said(op: Operation) -> Operation:
    """Return an operation on a document of nothing but `x`, its deletes as text."""
    return [{"d": "x" * one["d"]} if isinstance(one, dict) else one for one in op]


def composed_in_pairs(compose: Compose, ops: list[Operation]) -> Operation:
    """Compose many with a function that composes two, level by level."""
    while len(ops) > 1:
        pairs = [compose(a, b) for a, b in zip(ops[::2], ops[1::2], strict=False)]
        ops = pairs if len(ops) % 2 == 0 else [*pairs, ops[-1]]
    return ops[0]
