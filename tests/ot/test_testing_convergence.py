"""Clients of one log agree whichever shipped type they edit, in the machine that the kit gives to users."""

from __future__ import annotations

import pytest

from ot.json0 import Json0
from ot.json1 import Json1
from ot.rich_text import RichText
from ot.testing import LawBroken, Network, convergence
from ot.text import Text
from tests.ot.museum.json_faults import JSON0, JSON1
from tests.ot.museum.rich_text_faults import RICH_TEXT
from tests.ot.museum.text_faults import TEXT, TieBrokenByNothing

LIVES = 25

TestText = convergence(Text(), TEXT.documents, TEXT.operations, lives=LIVES)
TestRichText = convergence(RichText(), RICH_TEXT.documents, RICH_TEXT.operations, lives=LIVES)
TestJson1 = convergence(Json1(), JSON1.documents, JSON1.operations, lives=LIVES)
TestJson0 = convergence(Json0(), JSON0.documents, JSON0.operations, lives=LIVES)


def test_a_network_repeats_from_its_script() -> None:
    first = Network(Text(), "ab", clients=2)
    first.edit(0, [1, "x"])
    first.edit(1, [1, "y"])
    first.deliver_up(1)
    first.cut(0)
    first.settle()
    again = Network(Text(), "ab", clients=2)
    exec("\n".join(f"network.{verb}" for verb in first.script), {"network": again})
    assert [entry.tag for entry in again.stored] == [entry.tag for entry in first.stored]
    assert again.story == first.story


def test_the_one_who_lands_later_goes_first_at_one_place() -> None:
    network = Network(Text(), "", clients=2)
    network.edit(0, ["first"])
    network.edit(1, ["second"])
    network.deliver_up(0)
    network.settle()
    network.check()
    assert [state.snapshot for state in network.clients] == ["secondfirst"] * 2


def test_what_a_killed_server_had_stored_leads_a_client_on() -> None:
    network = Network(Text(), "", clients=2)
    network.edit(0, ["a"])
    network.deliver_up(0)
    network.restart()
    network.settle()
    network.check()
    assert network.clients[1].snapshot == "a"


def test_a_wrong_type_does_not_pass() -> None:
    case = convergence(TieBrokenByNothing(), TEXT.documents, TEXT.operations)
    with pytest.raises(LawBroken, match="clients of one log do not agree"):
        case("runTest").debug()
