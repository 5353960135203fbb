"""The kit finds out every wrong type of the museum, by a law with a name, and passes the right ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

import pytest
from hypothesis import Phase, seed, settings

from ot import InvalidOperation
from ot.testing import LawBroken, convergence, laws
from ot.text import Text
from tests.ot.museum import json_faults, log_faults, rich_text_faults, text_faults
from tests.ot.museum.exhibit import Exhibit
from tests.ot.museum.text_faults import TEXT

EXHIBITS: Final = (*text_faults.EXHIBITS, *rich_text_faults.EXHIBITS, *json_faults.EXHIBITS)
SEED: Final = 2  # of Hypothesis: fixed, so that the suite is the same every day
OTHER_SEEDS: Final = (1, 3)  # from which a fault is found, too; making it small takes nearly all of the time
EXAMPLES: Final = 1600  # from those, at the most: by 400 one of fifty faults is missed now and then
PATIENCE: Final = 10.0  # seconds of the processor for finding a fault and making it small


@pytest.fixture(autouse=True)
def remembering_nothing() -> Iterator[None]:
    """Keep Hypothesis from finding a fault by what it remembers of the last run."""
    settings.register_profile("museum", database=None)
    settings.load_profile("museum")
    yield
    settings.load_profile("counterpoint")


def found(exhibit: Exhibit, start: int, phases: Collection[Phase] | None = None) -> LawBroken:
    """Return how the kit finds an exhibit out, from one seed."""
    tests = exhibit.kind.laws(exhibit.wrong())
    test: Any = getattr(tests, f"test_{exhibit.law}")
    if phases is not None:
        chosen = test._hypothesis_internal_use_settings
        test._hypothesis_internal_use_settings = settings(chosen, phases=phases, max_examples=EXAMPLES)
    began = time.process_time()
    with pytest.raises(LawBroken, match=exhibit.law.replace("_", " ")) as caught:
        seed(start)(test)(tests())
    assert time.process_time() - began < PATIENCE
    return caught.value


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.name)
def test_the_kit_finds_the_fault_and_its_code_shows_it_again(exhibit: Exhibit) -> None:
    broken = found(exhibit, SEED)
    print(broken, broken.code, sep="\n\n")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - an assertion, or what the wrong type raises
        exec(compile(broken.code, "printed", "exec"), {})
    assert not isinstance(caught.value, (SyntaxError, NameError, ImportError))


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.name)
def test_the_kit_finds_the_fault_from_other_seeds_too(exhibit: Exhibit) -> None:
    for start in OTHER_SEEDS:
        found(exhibit, start, phases=[Phase.generate])


@pytest.mark.parametrize("clients", [2, 3])
@pytest.mark.parametrize("fault", log_faults.FAULTS, ids=lambda fault: fault.__name__)
def test_a_log_with_clients_finds_the_fault(
    fault: Callable[[pytest.MonkeyPatch], None], clients: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case: Any = convergence(Text(), TEXT.documents, TEXT.operations, clients=clients, lives=300)
    case.settings = settings(case.settings, derandomize=True, phases=[Phase.generate])
    began = time.process_time()
    fault(monkeypatch)
    with pytest.raises(LawBroken, match="clients of one log do not agree") as caught:
        case("runTest").debug()
    assert time.process_time() - began < PATIENCE
    with pytest.raises((AssertionError, InvalidOperation)):
        exec(compile(caught.value.code, "printed", "exec"), {})


def test_every_law_finds_an_exhibit() -> None:
    kept = {name for name in dir(TEXT.laws(Text())) if name.startswith("test_")}
    assert kept == {f"test_{exhibit.law}" for exhibit in EXHIBITS}


def test_a_claim_that_does_not_hold_is_found_out() -> None:
    claim = "transform_over_a_composition_equals_one_by_one"
    tests: Any = laws(Text(), TEXT.documents, TEXT.operations, claims=[claim], examples=5000)
    with pytest.raises(LawBroken, match="transform over a composition equals one by one"):
        getattr(tests(), f"test_{claim}")()


def test_a_law_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no law is called commutativity"):
        laws(Text(), TEXT.documents, TEXT.operations, exempt=["commutativity"])
