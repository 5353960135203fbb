"""Every input that fuzzing has left behind is taken as documented; what is not, the targets tell."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import pytest

from ot import InvalidOperation, Json0, Json1, RichText
from ot.text import Text
from ot.text.live_text import LiveText
from tests.fuzz.inputs import kept
from tests.fuzz.mutation import changed, made
from tests.fuzz.targets import TARGETS
from transport.bad_message import BadMessage
from transport.codec import JsonCodec, MsgpackCodec

MOST: Final = 300  # inputs of one target: each runs in every test run, and somebody may have to read them


def replay(name: str) -> None:
    """Run all inputs of a target; what it raises says which one it was."""
    for data in kept(name):
        try:
            TARGETS[name].run(data)
        except Exception as error:
            error.add_note(f"of the input {data!r}")
            raise


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_found_is_taken_as_documented(name: str) -> None:
    replay(name)


@pytest.mark.parametrize("name", TARGETS)
def test_a_corpus_is_small_and_in_order(name: str) -> None:
    inputs = kept(name)
    assert 20 < len(inputs) <= MOST
    assert inputs == sorted(set(inputs), key=lambda data: (len(data), data))


@pytest.mark.parametrize("name", TARGETS)
def test_most_changes_to_an_input_leave_it_readable(name: str) -> None:
    target, inputs, random = TARGETS[name], kept(name), Random(1)
    readable = [data for data in inputs if changed(target, data, random) is not None]
    again = [changed(target, data, random) for data in random.choices(readable, k=300)]
    assert sum(1 for data in again if data is not None) > 250
    for data in again:
        target.run(b"" if data is None else data)


@pytest.mark.plain
@pytest.mark.parametrize("name", [name for name, target in TARGETS.items() if target.doc_type])
def test_most_made_inputs_are_operations_that_fit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    doc_type = type(TARGETS[name].doc_type)
    original: Callable[..., Any] = getattr(doc_type, "transform")  # noqa: B009  # it may be None's
    carried = 0

    def transform(*arguments: Any) -> Any:
        nonlocal carried
        carried += 1
        return original(*arguments)

    monkeypatch.setattr(doc_type, "transform", transform)
    fitting = 0
    for seed in range(20):
        before = carried
        TARGETS[name].run(made(TARGETS[name], Random(seed)) or b"")
        fitting += carried > before
    assert fitting > 15


def raises(error: Exception) -> Callable[..., Any]:
    """Return a function that raises an error, whatever it is given."""

    def function(*_arguments: Any, **_options: Any) -> Any:
        raise error

    return function


def spoils(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same, and leaves a mark in its second argument where that is a list."""

    def function(self: Any, op: Any, *others: Any) -> Any:
        result = original(self, op, *others)
        if type(op) is list:
            op.append(0)
        return result

    return function


FAULTS: Final = [
    pytest.param("text", Text, "check", raises(KeyError("d")), id="check raises something else"),
    pytest.param("rich-text", RichText, "apply", raises(IndexError()), id="apply raises something else"),
    pytest.param("json1", Json1, "transform", raises(InvalidOperation("no")), id="a transform is not total"),
    pytest.param("json0", Json0, "apply", lambda _self, snapshot, _op: snapshot, id="apply does nothing"),
    pytest.param("text", LiveText, "apply", lambda *_: None, id="a live text that stands still"),
    pytest.param("json0", Json0, "invert", lambda _self, op, _snapshot: op, id="undone by doing it again"),
    pytest.param("json1", Json1, "compose", lambda _self, op, _later: op, id="composed with nothing"),
    pytest.param("json1", Json1, "normalize", lambda *_: None, id="nothing is the normal form"),
    pytest.param("json0", Json0, "check", spoils(Json0.check), id="check changes the operation"),
    pytest.param(
        "json", JsonCodec, "decode_client", raises(ValueError()), id="a codec raises something else"
    ),
    pytest.param("msgpack", MsgpackCodec, "decode_server", raises(TypeError()), id="so does the other"),
    pytest.param("msgpack", BadMessage, "error", lambda _self: None, id="there is no answer"),
]


@pytest.mark.plain
@pytest.mark.parametrize(("name", "owner", "function", "fault"), FAULTS)
def test_a_fault_that_is_planted_is_found(
    name: str, owner: type, function: str, fault: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, function, fault)
    with pytest.raises((Exception,)) as found:  # each fault shows in its own way
        replay(name)
    assert any("of the input" in note for note in found.value.__notes__)
