"""Typists are understood by other servers, and understand them: bytes here are what those have sent."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from benchmarks.dialects.sharedb import ShareDB
from benchmarks.dialects.socketio import SocketIO
from benchmarks.dialects.yjs import FIRST_CLIENT, Hocuspocus, Yjs, entries_of, written
from benchmarks.load import DIALECTS, Measured, Work
from benchmarks.peers import installing, servers
from benchmarks.peers.servers import SERVERS, Ours, Peer
from benchmarks.peers.serving import SERVERS as PROGRAMS

A: Final = FIRST_CLIENT
B: Final = FIRST_CLIENT + 1
C: Final = FIRST_CLIENT + 2

FIRST: Final = b"\x00\x02\x11\x01\x01\x80\x80\x80\x01\x00\x04\x01\x04text\x01x\x00"
SECOND: Final = b"\x00\x02\x10\x01\x01\x80\x80\x80\x01\x01\x84\x80\x80\x80\x01\x00\x01x\x00"
"""What y-websocket and pycrdt-websocket pass on, written by them anew, once a client has typed twice."""

MERGED: Final = (
    b"\x03doc\x00\x02/\x03\x01\x82\x80\x80\x01\x00\x04\x01\x04text\x01x\x01\x81\x80\x80\x01\x00\x04\x01\x04text"
    b"\x01x\x01\x80\x80\x80\x01\x00\x04\x01\x04text\x01x\x00"
)
"""What Hocuspocus makes of three who type at once."""


def masked_as_zeros(frame: bytes) -> bytes:
    """Return the payload of a client's short frame."""
    assert frame[1] & 0x80
    assert frame[2:6] == b"\0\0\0\0"
    return frame[6:]


def test_a_yjs_server_passes_on_the_very_update_that_a_typist_has_written() -> None:
    dialect = Yjs("doc")
    assert masked_as_zeros(dialect.submission(A, 1, 0, 0)) == FIRST
    assert masked_as_zeros(dialect.submission(A, 2, 9, 7)) == SECOND
    assert dialect.entries(FIRST, 0) == [(A, 1)]
    assert dialect.entries(SECOND, 5) == [(A, 2)]


def test_an_update_that_several_have_typed_into_counts_for_each() -> None:
    dialect = Hocuspocus("doc")
    assert dialect.entries(MERGED, 0) == [(C, 1), (B, 1), (A, 1)]
    assert masked_as_zeros(dialect.submission(A, 2, 3, 0)) == b"\x03doc" + SECOND


def test_characters_of_one_struct_count_one_by_one() -> None:
    who = written(B)
    between = b"\x01\x01" + who + b"\x05\xc4" + who + b"\x04" + written(A) + b"\x00\x03xxx\x00"
    assert entries_of(between, 0) == [(B, 6), (B, 7), (B, 8)]


def test_an_update_that_deletes_or_inserts_elsewhere_is_no_typing() -> None:
    for struct in (b"\x00\x01", b"\x04\x01\x05other\x01x"):
        with pytest.raises(ValueError, match=r"does more|elsewhere"):
            entries_of(b"\x01\x01" + written(A) + b"\x00" + struct + b"\x00", 0)


@pytest.mark.parametrize("payload", [b"\x00\x00\x01\x00", b"\x00\x01\x02\x00\x00", b"\x01\x02\x00\x00"])
def test_what_a_yjs_server_says_of_itself_is_no_operation(payload: bytes) -> None:
    assert Yjs("doc").entries(payload, 3) == []
    assert Hocuspocus("doc").entries(b"\x03doc" + payload, 3) == []
    assert Hocuspocus("doc").entries(b"\x03doc\x08\x01", 3) == [], "an acknowledgement without a name"


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 16_383, 16_384, FIRST_CLIENT])
def test_a_number_is_written_in_sevens_of_bits(number: int) -> None:
    found = written(number)
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(found)) == number
    assert [byte > 0x7F for byte in found] == [True] * (len(found) - 1) + [False]


def test_sharedb_tells_the_same_operation_twice_and_it_counts_once() -> None:
    """The author is sent what it lacks, then its acknowledgement, and the subscription tells it all again."""
    others = b'{"a":"op","c":"load","d":"doc","v":%d,"src":"%016x","seq":2,"op":["x"]}'
    acknowledged = b'{"src":"0000000000000002","seq":2,"v":3,"a":"op","c":"load","d":"doc"}'
    first, second = others % (1, 0), others % (2, 1)
    dialect, found = ShareDB("doc"), list[object]()
    for payload in (first, second, first, second, acknowledged):
        found += dialect.entries(payload, len(found))
    assert found == [(f"{number:016x}", 1) for number in range(3)]


def test_what_sharedb_refuses_is_no_operation() -> None:
    refused = b'{"a":"op","c":"load","d":"doc","v":1,"seq":2,"error":{"code":"ERR_OP_SUBMIT_REJECTED"}}'
    with pytest.raises(ConnectionError, match="REJECTED"):
        ShareDB("doc").entries(refused, 0)


def test_a_typist_in_sharedb_goes_on_from_the_version_that_made_the_document() -> None:
    payload = masked_as_zeros(ShareDB("doc").submission("0", 1, 0, 0))
    assert payload == b'{"a":"op","c":"load","d":"doc","v":1,"seq":2,"x":{},"op":["x"]}'


def test_a_relay_of_events_numbers_what_it_passes_on() -> None:
    said = b'42["operation",{"doc":"doc","revision":4,"client":"0000000000000000","seq":2,"op":[2,"x"]}]'
    dialect = SocketIO("doc")
    assert dialect.entries(said, 3) == [("0000000000000000", 2)]
    assert dialect.entries(b"2", 3) == []
    typed = masked_as_zeros(dialect.submission("0000000000000000", 2, 3, 2))
    assert (
        typed == b'42["submit",{"doc":"doc","revision":3,"client":"0000000000000000","seq":2,"op":[2,"x"]}]'
    )


def test_every_peer_has_a_program_and_a_dialect() -> None:
    in_node = Path(installing.__file__).with_name("serving.mjs").read_text()
    for peer in SERVERS:
        assert peer.speaks in DIALECTS
        if isinstance(peer, Peer):
            assert (
                f"{peer.program}: " in in_node.replace("'", "") if peer.is_npm else peer.program in PROGRAMS
            )


def test_servers_are_measured_in_one_run_and_who_cannot_be_had_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installing, "SCRATCH", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(servers, "SECONDS", 0.1)
    monkeypatch.setattr(servers, "LOADS", {"200 typists": Work(writers=3, readers=1)})
    monkeypatch.setattr(servers, "SERVERS", [Ours(), Peer("ShareDB", "pycrdt", "yjs", "pycrdt==0.0.0")])
    measured, missing, goals = servers.tables()
    assert [name for name, _ in measured.rows] == ["200 typists: Counterpoint"]
    assert missing.rows[0][0] == "ShareDB"
    assert goals.rows == ()


def test_a_goal_is_a_ratio_of_processor_time() -> None:
    def cost(microseconds: float) -> Measured:
        three = (1.0, 1.0, 1.0)
        return Measured(1.0, 1.0, 1.0, three, three, 0.0, cost=microseconds, used=1.0, busy=0.1)

    crowd = {"Counterpoint": cost(50), "ShareDB": cost(1500), "y-websocket": cost(1499)}
    assert [row[1][-1] for row in servers.verdicts(crowd).rows] == ["met", "missed"]
