"""How a type broke a law, told: who made what, which function gave what, and where it ended.

A law that has failed is tried once more, on the same values and with every call written down. The story is
that record in words; the code is the record as a script, which fails the same way when it is run.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

from ot.document_type import DocumentType
from ot.testing.law import Differs, Law, LawBroken
from ot.testing.recorded import Call, Recorded, refused_on_the_way
from ot.testing.scenario import Subject


def told(doc_type: DocumentType, law: Law, subject: Subject) -> LawBroken:
    """Try a law that has failed on `subject` again, and return its failure with story and code."""
    subject = copy.deepcopy(subject)
    literals = {name: repr(value) for name, value in subject.values().items()}
    record = Recorded.knowing(doc_type, subject.values())
    try:
        law(record, subject)
    except Exception as fault:  # whatever the type raises here breaks the law
        last = _last_line(record, fault)
        made = _steps(record.calls, last)
        return LawBroken(
            _story(doc_type, law, subject, record, fault, made),
            _script(doc_type, literals, record, made, last),
        )
    return LawBroken(
        f"{_title(doc_type, law)}: it failed, and on the same values did not fail again: the type remembers "
        "something between calls, or throws dice"
    )


def construction(doc_type: DocumentType) -> tuple[list[str], str]:
    """Return the lines that import a type's class, and the expression that makes the type again."""
    cls = type(doc_type)
    shown = repr(doc_type)
    made = shown if shown.startswith(f"{cls.__qualname__}(") else f"{cls.__qualname__}()"
    if cls.__module__ == "__main__" or "<locals>" in cls.__qualname__:
        return [f"# where {cls.__qualname__} is at hand"], made.split(".")[-1]
    return [f"from {cls.__module__} import {cls.__qualname__.split('.')[0]}"], made


def _title(doc_type: DocumentType, law: Law) -> str:
    return f"{doc_type.name}: {law.__name__.replace('_', ' ')}"


def _story(
    doc_type: DocumentType,
    law: Law,
    subject: Subject,
    record: Recorded,
    fault: Exception,
    made: Sequence[Call],
) -> str:
    used = record.names.used
    sentences = [words for names, words in subject.tale() if used & set(names)]
    steps = [f"{call.number}. {_in_words(call)}" for call in made]
    what = str(fault) if isinstance(fault, LawBroken) else f"{type(fault).__name__}: {fault}"
    lines = [f"{_title(doc_type, law)}: {what}", "", *(f"  {line}" for line in [*sentences, *steps])]
    return "\n".join(lines)


def _in_words(call: Call) -> str:
    if call.raised is not None:
        return f"{call.code} raises {type(call.raised).__name__}"
    return f"{call.code} accepts it" if call.code.startswith("check(") else f"{call.code} gives {call.result}"


def _last_line(record: Recorded, fault: Exception) -> str:
    """Return the line with which the script fails; none where its last call raises by itself."""
    if record.calls and record.calls[-1].raised is not None:
        return ""
    if isinstance(fault, Differs):
        value, expected = record.names.code(fault.value), [*map(record.names.code, fault.expected)]
        equal = " or ".join(f"same_json({value}, {one})" for one in expected)
        return f"assert {equal}, {str(fault)!r}"
    return f"raise AssertionError({str(fault)!r})"


def _steps(calls: Sequence[Call], last: str) -> list[Call]:
    """Return the calls that the script makes: all but those whose refusal a law was content with."""
    return [call for call in calls if not refused_on_the_way(call) or (call is calls[-1] and not last)]


def _script(
    doc_type: DocumentType, literals: dict[str, str], record: Recorded, steps: Sequence[Call], last: str
) -> str:
    imports, made = construction(doc_type)
    values = [f"{name} = {literal}" for name, literal in literals.items() if name in record.names.used]
    body = [f"doc_type = {made}", *values, *map(_line, steps), *([last] if last else [])]
    if any("ot.ABSENT" in line for line in body):
        imports.insert(0, "import ot")
    if "same_json" in last:
        imports.append("from ot.testing import same_json")
    return "\n".join([*imports, "", *body]) + "\n"


def _line(call: Call) -> str:
    if call.raised is not None or call.code.startswith("check("):
        return f"doc_type.{call.code}"
    return f"{call.name} = doc_type.{call.code}"
