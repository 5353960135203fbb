"""Find out whether a document type converges: laws as property tests, for any type.

    from ot.testing import laws, text_documents, text_operations

    TestText = laws(Text(), text_documents(), text_operations)

That one line in a test file gives pytest a class with one test for each law, named after it. For a type of
your own, bring a strategy of documents and a function from a document to a strategy of `Made`: an operation
together with the document that it must lead to, worked out without the type's own `apply`.

`convergence` lets a log and several clients live over a bad network, `every_pair` tries all of a small scope.

Needs Hypothesis (`counterpoint[testing]`); the rest of `ot` does not.
"""

from ot.testing.convergence import convergence
from ot.testing.json0 import every_json0_operation, json0_component_lists, json0_documents, json0_operations
from ot.testing.json1 import every_json1_operation, json1_documents, json1_operations
from ot.testing.json_equality import same_json
from ot.testing.law import LawBroken
from ot.testing.laws import laws
from ot.testing.made import Made, Move
from ot.testing.network import Network
from ot.testing.pairs import Pairs, every_pair
from ot.testing.rich_text import every_rich_text_operation, rich_text_documents, rich_text_operations
from ot.testing.scenario import Runs, Scenario, scenarios
from ot.testing.text import every_text_operation, text_documents, text_operations, text_runs

__all__ = [
    "LawBroken",
    "Made",
    "Move",
    "Network",
    "Pairs",
    "Runs",
    "Scenario",
    "convergence",
    "every_json0_operation",
    "every_json1_operation",
    "every_pair",
    "every_rich_text_operation",
    "every_text_operation",
    "json0_component_lists",
    "json0_documents",
    "json0_operations",
    "json1_documents",
    "json1_operations",
    "laws",
    "rich_text_documents",
    "rich_text_operations",
    "same_json",
    "scenarios",
    "text_documents",
    "text_operations",
    "text_runs",
]
