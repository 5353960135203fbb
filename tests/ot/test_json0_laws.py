"""The laws of the `json0` type.

It has no normal form, so the law of normal forms is left out: a list of components that could be joined is
as good as the joined one, and what is joined may stand beside something that it could be joined with in its
turn (three deletions in a string). That results are well-formed is held by a test of its own.
"""

from __future__ import annotations

from typing import Final

from hypothesis import given, settings

from ot.json0 import Json0
from ot.testing import (
    Scenario,
    json0_component_lists,
    json0_documents,
    json0_operations,
    laws,
    scenarios,
)
from ot.testing.law import results

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


def test_joining_three_deletions_leaves_two_that_could_be_joined() -> None:
    op = [{"p": [0], "sd": "a"}, {"p": [1], "sd": "c"}, {"p": [0], "sd": "b"}]
    joined = [{"p": [0], "sd": "a"}, {"p": [0], "sd": "bc"}]
    assert json0.normalize(op) == joined
    assert json0.normalize(joined) == [{"p": [0], "sd": "abc"}]
