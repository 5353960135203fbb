"""Canonical JSON against the examples of RFC 8785, and against what has to come back."""

from __future__ import annotations

import json
import struct
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot import canonical_json

NUMBERS: Final = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]
"""Appendix B of RFC 8785: the bits of a double and how it is written."""


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_a_double_is_written_as_ecmascript_writes_it(bits: str, written: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_json(value) == written
    assert float(written) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    for inside in (value, [value], {"a": value}):
        with pytest.raises(ValueError, match="not a JSON number"):
            canonical_json(inside)


def test_the_worked_example_of_the_rfc() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert canonical_json(value) == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_by_utf_16_code_units() -> None:
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    written = list(json.loads(canonical_json(value)).values())
    assert written == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_only_what_must_be_is_escaped() -> None:
    assert canonical_json('\x00\x1f\x7f\u2028/é😀\b\f\n\r\t"\\') == (
        '"\\u0000\\u001f\x7f\u2028/é😀\\b\\f\\n\\r\\t\\"\\\\"'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([5, "x", {"d": 2}], '[5,"x",{"d":2}]'),
        ([1.0, {"b": 1, "a": [True, None]}], '[1,{"a":[true,null],"b":1}]'),
        (2**53 - 1, "9007199254740991"),
        (2**53 + 1, "9007199254740992"),
        (-(2**53) - 1, "-9007199254740992"),
        ({}, "{}"),
        ([], "[]"),
        ((1, 2), "[1,2]"),
        (True, "true"),
    ],
)
def test_one_value_has_one_text(value: Any, written: str) -> None:
    assert canonical_json(value) == written


def test_what_is_no_json_is_refused() -> None:
    for value in (b"x", {1, 2}, object()):
        with pytest.raises(TypeError, match="not a JSON value"):
            canonical_json([value])


json_values: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_the_text_reads_back_as_the_value_and_is_the_same_again(value: Any) -> None:
    written = canonical_json(value)
    assert json.loads(written, parse_int=float) == value  # as a JavaScript peer reads it
    assert canonical_json(json.loads(written)) == written
