"""The laws of the `json0` type.

It has no normal form, so the law of normal forms is left out: a list of components that could be joined is
as good as the joined one, and what is joined may stand beside something that it could be joined with in its
turn (three deletions in a string). That results are well-formed is held by a test of its own.
"""

from __future__ import annotations

import itertools
from typing import Final

import pytest
from hypothesis import given, settings

from ot.json0 import Json0
from ot.testing import (
    Network,
    Runs,
    Scenario,
    json0_component_lists,
    json0_documents,
    json0_operations,
    laws,
    scenarios,
)
from ot.testing.law import results
from ot.testing.merging_laws import two_runs_typed_at_one_place_stay_whole

json0: Final = Json0()

TestJson0 = laws(
    json0, json0_documents(), json0_operations, exempt=["results_are_in_normal_form"], examples=150
)
TestComponentLists = laws(
    json0,
    json0_documents(),
    json0_component_lists,
    exempt=["results_are_in_normal_form", "parts_compose_to_the_whole"],
    examples=100,
)


@settings(deadline=None, max_examples=200)
@given(scenarios(json0_documents(), json0_component_lists))
def test_every_result_is_well_formed(scenario: Scenario) -> None:
    for _, op in results(json0, scenario):
        json0.check(op)


@settings(deadline=None, max_examples=200)
@given(scenarios(json0_documents(), json0_component_lists))
def test_what_is_normalized_does_the_same_and_stays_as_it_is(scenario: Scenario) -> None:
    document, op = scenario.document, scenario.a.op
    assert json0.apply(document, json0.normalize(op)) == json0.apply(document, op)
    taken_back = json0.compose(op, json0.invert(op, document))
    for made in (taken_back, *(made for _, made in results(json0, scenario))):
        assert json0.normalize(json0.normalize(made)) == json0.normalize(made)


def test_normalize_joins_what_a_join_made_to_the_one_before_it() -> None:
    op = [{"p": [0], "sd": "a"}, {"p": [1], "sd": "c"}, {"p": [0], "sd": "b"}]
    assert json0.normalize(op) == [{"p": [0], "sd": "abc"}]
    assert json0.compose(op[:1], op[1:]) == [{"p": [0], "sd": "a"}, {"p": [0], "sd": "bc"}]


def test_an_operation_taken_back_before_it_was_sent_lands_in_the_form_that_its_client_carries() -> None:
    network = Network(json0, True, clients=1)
    network.cut(0)
    network.edit(0, [{"p": [], "od": True, "oi": []}, {"p": [0], "li": 1}, {"p": [0], "ld": 1, "li": 1}])
    network.undo(0)
    network.settle()
    network.check()


@pytest.mark.parametrize(("document", "place"), [("", 0), ("xy", 0), ("xy", 1), ("xy", 2)])
def test_two_runs_typed_at_one_place_of_a_string_stay_whole(document: str, place: int) -> None:
    before, behind = document[:place], document[place:]
    for first, second in itertools.product(("a", "aA", "aAc", "aAcC"), ("b", "bB", "bBd", "bBdD")):
        typed = [
            tuple([{"p": [place + n], "si": key}] for n, key in enumerate(run)) for run in (first, second)
        ]
        wholes = (f"{before}{first}{second}{behind}", f"{before}{second}{first}{behind}")
        two_runs_typed_at_one_place_stay_whole(json0, Runs(document, typed[0], typed[1], wholes))
