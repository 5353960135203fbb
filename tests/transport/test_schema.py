"""What is written down of the protocol is what is spoken: the page, the schema, the wire types."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import attrs
import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ot import Entry
from tests.transport.wire_messages import (
    FROM_CLIENT,
    FROM_SERVER,
    client_messages,
    document_names,
    server_messages,
)
from transport import schema
from transport.bad_message import BadMessage
from transport.codec import JSON
from transport.codes import CODES
from transport.limits import Limits
from transport.messages import CLIENT_MESSAGES, SERVER_MESSAGES, TYPE_OF, SentLimits

ROOT: Final = Path(__file__).parent.parent.parent
PAGE: Final = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
WIRE: Final = (ROOT / "web/src/wire.ts").read_text(encoding="utf-8")
SCHEMA: Final = json.loads((ROOT / "docs/protocol.schema.json").read_text(encoding="utf-8"))


def validator(name: str) -> Any:
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


CLIENT: Final = validator("ClientMessage")
SERVER: Final = validator("ServerMessage")


@pytest.mark.parametrize("name", sorted(schema.KEPT))
def test_what_is_kept_is_what_the_classes_give(name: str) -> None:
    kept = (ROOT / name).read_text(encoding="utf-8")
    assert kept == schema.KEPT[name](), "run `python -m transport.schema write`"


def test_the_generators_give_the_same_text_every_time() -> None:
    for text in schema.KEPT.values():
        assert text() == text()


def section(heading: str) -> str:
    """Return what stands under a heading of the page, up to the next one of its level or above."""
    level = heading.index(" ")
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


@pytest.mark.parametrize("side", ["client", "server"])
def test_the_page_has_every_message_with_every_field(side: str) -> None:
    messages = CLIENT_MESSAGES if side == "client" else SERVER_MESSAGES
    chapter = section(f"## Messages from the {side}")
    for cls in messages:
        found = re.search(rf"^### `{TYPE_OF[cls]}`\n(.*?)(?=^### |\Z)", chapter, re.DOTALL | re.MULTILINE)
        assert found, cls
        for field in attrs.fields(cls):
            optional = "?" if field.default is not attrs.NOTHING else " "
            assert f"| `{field.name}`{optional}" in found[1], (cls, field.name)


def test_the_page_has_every_code_and_every_limit() -> None:
    codes, limits = section("## Codes"), section("## Limits")
    for code in CODES:
        close = "" if code.close is None else f" {code.close} |"
        assert f"| `{code.word}` |{close} {code.meaning} | {code.client} |" in codes
    for name, value in attrs.asdict(Limits()).items():
        assert f"| `{name}` | {value:,} |" in limits


def test_a_link_inside_the_page_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    slugs = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= slugs


def test_the_wire_types_name_every_message_field_and_code() -> None:
    for cls in (*CLIENT_MESSAGES, *SERVER_MESSAGES, SentLimits, Entry):
        name = cls.__name__ + ("Message" if cls in TYPE_OF else "")
        found = re.search(rf"export const {name} = z\.\w+\(\{{\n(.*?)\n\}}\)", WIRE, re.DOTALL)
        assert found, name
        on_the_wire = {field.name for field in attrs.fields(cls)} - ({"tag"} if cls is Entry else set())
        assert set(re.findall(r"^  (\w+):", found[1], re.MULTILINE)) - {"type"} == on_the_wire
    for code in CODES:
        assert f'  "{code.word}": {{ kind: "{code.kind}"' in WIRE


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("message", "wire"), [*FROM_CLIENT, *FROM_SERVER])
def test_the_messages_written_by_hand_satisfy_the_schema(message: Any, wire: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(wire)


@given(message=client_messages)
@settings(max_examples=60)
def test_what_a_client_says_satisfies_the_schema(message: Any) -> None:
    CLIENT.validate(json.loads(JSON.encode(message)))


@given(message=server_messages)
@settings(max_examples=60)
def test_what_a_server_says_satisfies_the_schema(message: Any) -> None:
    SERVER.validate(json.loads(JSON.encode(message)))


def accepted(wire: Any) -> bool:
    try:
        JSON.decode_client(json.dumps(wire))
    except BadMessage:
        return False
    return True


# What a schema cannot tell is left out here: 1.0 as a whole number, numbers too large inside values,
# names that are not in normal form. `test_codec` has them.
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 1001)
    | st.integers(0, 2**20).map(lambda n: n + 0.5)
    | st.text(st.characters(codec="ascii"), max_size=120)
)
FIELD_NAMES: Final = sorted(
    {"type", "colour"} | {field.name for cls in CLIENT_MESSAGES for field in attrs.fields(cls)}
)
field_names = st.sampled_from(FIELD_NAMES)


@given(
    message=client_messages,
    changes=st.dictionaries(field_names, scalars | st.lists(scalars, max_size=2), max_size=2),
    doc=st.none() | document_names | st.sampled_from(["", "/", "a/", "a//b", "..", "a/.", "a\x7f", "\u2028"]),
    dropped=st.none() | field_names,
)
@settings(max_examples=400)
def test_the_schema_and_the_decoder_refuse_the_same_client_messages(
    message: Any, changes: dict[str, Any], doc: str | None, dropped: str | None
) -> None:
    wire = json.loads(JSON.encode(message)) | changes
    if doc is not None and "doc" in wire:
        wire["doc"] = doc
    if dropped is not None:
        wire.pop(dropped, None)
    assume(isinstance(wire.get("type", ""), str))
    assert CLIENT.is_valid(wire) == accepted(wire)


@pytest.mark.parametrize(
    "wire",
    [
        {"type": "pong", "nonce": -1},
        {"type": "lagging", "doc": "n"},
        {"type": "operations", "doc": "n", "tag": "t", "entries": [{"revision": 1, "client": "c", "seq": 1}]},
        {"type": "goodbye", "reason": "draining", "retry_after": "1"},
        {"type": "nothing"},
    ],
)
def test_the_schema_and_the_decoder_refuse_the_same_server_messages(wire: dict[str, Any]) -> None:
    assert not SERVER.is_valid(wire)
    with pytest.raises(BadMessage):
        JSON.decode_server(json.dumps(wire))


def test_the_command_prints_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    for command, name in (("json", "docs/protocol.schema.json"), ("typescript", "web/src/wire.ts")):
        assert schema.main([command]) == 0
        assert capsys.readouterr().out == (ROOT / name).read_text(encoding="utf-8")
    assert schema.main(["yaml"]) == 2
    assert "transport.schema write" in capsys.readouterr().err
