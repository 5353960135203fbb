"""The laws of the `json1` type, over a bad network too."""

from __future__ import annotations

import attrs
from hypothesis import given, settings

from ot.json1 import Json1
from ot.testing import Runs, convergence, json1_documents, json1_operations, laws, text_documents, text_runs
from ot.testing.merging_laws import two_runs_typed_at_one_place_stay_whole

TestJson1 = laws(Json1(), json1_documents(), json1_operations, examples=150)
TestJson1OverANetwork = convergence(Json1(), json1_documents(), json1_operations, lives=20)


@settings(deadline=None, max_examples=100)
@given(text_documents().flatmap(text_runs))
def test_two_runs_typed_at_one_place_of_a_string_stay_whole(runs: Runs) -> None:
    first, second = (tuple([{"es": op}] for op in run) for run in (runs.first, runs.second))
    two_runs_typed_at_one_place_stay_whole(Json1(), attrs.evolve(runs, first=first, second=second))
