"""A log with several clients as a state machine for Hypothesis, over any document type.

Hypothesis looks for a life of the network (edits, undos, deliveries, cuts, crashes, restarts) that ends with
two who do not show the same, makes it as short as it can, and tells it as a story and as a script.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from unittest import TestCase

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ot.document_type import DocumentType, Snapshot
from ot.testing.law import LawBroken
from ot.testing.made import Operations
from ot.testing.network import BOUNDS, Network
from ot.testing.story import construction

LIVES: Final = 50  # a few seconds for a type as fast as `text`
STEPS: Final = 50  # of one life, at the most

FRAMES: Final = 6  # delivered in a step at the most: so many for each edit keep the clients near each other

FEW: Final = BOUNDS.single_entries  # edits that are sent one by one still; one more is not

ABSENCES: Final = (*[None] * 4, *[(FEW, True)] * 2, (FEW + 1, True), (FEW + 1, False))
"""How a life begins: with nothing, or with so many edits of one client that land while another is away, and
whether that one connects again."""

DISTURBANCES: Final = ("cut", "let_lag", "crash", "restart")


def convergence(
    doc_type: DocumentType,
    documents: st.SearchStrategy[Snapshot],
    operations: Operations,
    *,
    clients: int = 3,
    lives: int = LIVES,
    steps: int = STEPS,
) -> type[TestCase]:
    """Return a test case for pytest or unittest: `clients` edit one document over a bad network.

    After everything has been delivered all show what the log has, nobody had to give an edit back, and
    everything landed once.
    """
    each: Final = st.integers(0, clients - 1)

    class Machine(RuleBasedStateMachine):
        """One life of a network."""

        network: Network
        failed = False

        @initialize(document=documents, absence=st.sampled_from(ABSENCES), data=st.data())
        def begin(self, document: Snapshot, absence: tuple[int, bool] | None, data: st.DataObject) -> None:
            self.network = Network(doc_type, document, clients=clients)
            if absence is not None and clients > 1:
                self.fall_behind(*absence, data)

        def fall_behind(self, landing: int, connects_again: bool, data: st.DataObject) -> None:
            """Let edits of one client land while one of another is on its way and one waits behind it.

            By chance alone that hardly happens. It takes as many draws as half of a life: so it is no step.
            """
            away, busy = 0, clients - 1
            self.make_edit(away, data)
            for _ in range(landing):
                self.make_edit(busy, data)
                self.live(partial(self.network.deliver_all, busy))
            self.make_edit(away, data)
            if connects_again:
                self.live(partial(self.network.cut, away))

        @rule(client=each, data=st.data())
        def edit(self, client: int, data: st.DataObject) -> None:
            self.make_edit(client, data)

        def make_edit(self, client: int, data: st.DataObject) -> None:
            op = data.draw(operations(self.network.clients[client].snapshot)).op
            self.live(partial(self.network.edit, client, op))

        @rule(client=each, again=st.booleans())
        def take_back(self, client: int, again: bool) -> None:
            verb = self.network.redo if again else self.network.undo
            self.live(lambda: verb(client))

        @rule(choices=st.lists(st.integers(0, 4 * clients), min_size=1, max_size=FRAMES))
        def deliver(self, choices: list[int]) -> None:
            for choice in choices:
                verbs = self.network.deliverable()
                if verbs:
                    self.live(verbs[choice % len(verbs)])

        @rule(how=st.sampled_from(DISTURBANCES), client=each)
        def disturb(self, how: str, client: int) -> None:
            arguments = () if how == "restart" else (client,)
            self.live(lambda: getattr(self.network, how)(*arguments))

        def live(self, verb: Callable[[], None]) -> None:
            try:
                verb()
            except Exception as fault:  # the type's own errors too: whatever it raises here breaks a promise
                self.failed = True
                broken = told(self.network, fault)
                note(broken.code)
                raise broken from fault

        def teardown(self) -> None:
            if hasattr(self, "network") and not self.failed:
                self.live(self.network.settle)
                self.live(self.network.check)

    Machine.__name__ = Machine.__qualname__ = f"ConvergenceOf{type(doc_type).__name__}"
    case: Any = Machine.TestCase
    case.settings = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        report_multiple_bugs=False,
        phases=set(Phase) - {Phase.explain},
    )
    chosen: type[TestCase] = case
    return chosen


def told(network: Network, fault: Exception) -> LawBroken:
    """Return the failure of a network as a story, with a script that does it again."""
    what = str(fault) if isinstance(fault, AssertionError) else f"{type(fault).__name__}: {fault}"
    beginning = f"{network.count} clients show {network.document!r}."
    steps = [f"{number}. {words}" for number, words in enumerate(network.story, 1)]
    ends = [f"{state!r} of {state.client} shows {state.snapshot!r}" for state in network.clients]
    ends.append(f"{network.log!r} has {network.log.snapshot!r}")
    title = f"{network.doc_type.name}: clients of one log do not agree: {what}"
    story = "\n".join([title, "", *(f"  {line}" for line in [beginning, *steps, "In the end:", *ends])])
    return LawBroken(story, script(network))


def script(network: Network) -> str:
    """Return the code that makes a network live as this one did."""
    imports, made = construction(network.doc_type)
    imports.append("from ot.testing import Network")
    if "ot.ABSENT" in repr(network.document):
        imports.insert(0, "import ot")
    verbs = [f"network.{verb}" for verb in network.script]
    begin = f"network = Network({made}, {network.document!r}, clients={network.count})"
    return "\n".join([*imports, "", begin, *verbs]) + "\n"
