"""Two lists of components transformed over each other, too simple to be wrong: everyone meets everyone.

The oracle of the fast one, which gives the same lists and not only lists that do the same.
"""

from __future__ import annotations

from typing import Any

from ot.json0.rows import Rules


def both_transformed(left: list[Any], right: list[Any], rules: Rules[Any]) -> tuple[list[Any], list[Any]]:
    """Return the left list as it is after the right one, and the right one after the left one."""
    passed: list[Any] = []
    for theirs in right:
        left, pieces = one_after(left, theirs, rules)
        append_all(passed, pieces, rules)
    return left, passed


def one_after(left: list[Any], theirs: Any, rules: Rules[Any]) -> tuple[list[Any], list[Any]]:
    """Return the left list after one component, and what has become of that."""
    met: list[Any] = []
    for place, ours in enumerate(left):
        append_all(met, rules.over(ours, theirs, "left"), rules)
        pieces = rules.over(theirs, ours, "right")
        if len(pieces) == 1:
            (theirs,) = pieces
            continue
        rest, pieces = left[place + 1 :], list(pieces)
        if pieces:
            rest, pieces = both_transformed(rest, pieces, rules)
        append_all(met, rest, rules)
        return met, pieces
    return met, [theirs]


def append_all(components: list[Any], more: Any, rules: Rules[Any]) -> None:
    """Append components, each joined to the last one where they can be."""
    for component in more:
        made = [component] if not components else rules.together(components[-1], component)
        components[len(components) - 1 if components else 0 :] = made
