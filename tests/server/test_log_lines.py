"""A record is one line whatever it quotes, and says which session, document and revision it is about."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.by_hand import connected
from tests.server_process import PATIENCE, ROOT, ServerProcess, free_port

FORGED = "x\r\n2026-01-01T00:00:00.000000 [error    ] forged"
HOSTILE = {
    "a line end": FORGED,
    "an escape": "\x1b[2J\x1b]0;title\x07",
    "an escape of 8 bits": "\x9b2J",
    "a change of direction": "a\u202eb",
    "a line separator": "a\u2028b",
    "half a character": "\ud800",
    "a great deal": "y" * 100_000,
}


def logged(form: str, code: str, level: str = "info") -> list[str]:
    """Return what a process of its own logs; the text to log comes in its standard input."""
    program = (
        "import json, logging, sys, structlog\n"
        "from transport.log_lines import configure_logging\n"
        f"configure_logging({form!r}, {level!r})\n"
        "log, texts = structlog.get_logger('counterpoint'), json.load(sys.stdin)\n" + code
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        input=json.dumps(list(HOSTILE.values())).encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    assert result.stdout == b""
    return result.stderr.decode().removesuffix("\n").split("\n")


@pytest.mark.parametrize("form", ["console", "json"])
def test_whatever_a_value_holds_its_record_is_one_printable_short_line(form: str) -> None:
    lines = logged(form, "for text in texts: log.info('opened', doc=text, seq=3)")
    assert len(lines) == len(HOSTILE)
    for line in lines:
        assert line.isprintable()
        assert "opened" in line
        assert len(line) < 2_000


def test_a_record_of_the_json_form_is_an_object_with_its_values_told_apart() -> None:
    lines = logged("json", "for text in texts: log.info('opened', doc=text, seq=3, gone=None, late=True)")
    for line in lines:
        record = json.loads(line)
        assert (record["event"], record["level"]) == ("opened", "info")
        assert (record["seq"], record["gone"], record["late"]) == (3, None, True)
    assert json.loads(lines[0])["doc"] == FORGED.replace("\r\n", "\\r\\n")


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_line_of_a_traceback_can_pass_for_a_record(form: str) -> None:
    code = "try: raise ValueError(texts[0])\nexcept ValueError: log.exception('failed', doc='notes')"
    lines = logged(form, code)
    assert "failed" in lines[0]
    assert all(line.startswith("    ") for line in lines[1:])
    assert not any("\r" in line for line in lines)
    if form == "json":
        (line,) = lines
        assert "ValueError: x" in json.loads(line)["exception"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_what_libraries_report_comes_out_in_the_same_form(form: str) -> None:
    lines = logged(form, "logging.getLogger('asyncio').error('lost %s', texts[0])")
    assert len(lines) == 1
    assert "library_reported" in lines[0]
    assert "asyncio" in lines[0]


def test_what_is_below_the_level_is_not_written() -> None:
    code = "log.debug('a'); log.info('b'); log.warning('c'); log.error('d')"
    events = [json.loads(line)["event"] for line in logged("json", code, level="warning")]
    assert events == ["c", "d"]


def records(server: ServerProcess, event: str) -> list[dict[str, Any]]:
    read = [json.loads(line) for line in server.log().splitlines()]
    return [record for record in read if record["event"] == event]


async def test_a_server_logs_session_document_and_revision_and_no_traceback_for_a_clients_fault(
    tmp_path: Path,
) -> None:
    port = free_port()
    options = ["--port", str(port), "--store", "memory:", "--log-format", "json"]
    server = ServerProcess(tmp_path, [sys.executable, "server.py", "serve", *options], port=port)
    await server.start()
    name = "left\u202eright"
    async with connected(server.url) as session:
        client = (await session.greet())["client"]
        await session.open(name)
        await session.submit(name, 0, 1, ["x"])
        await session.say({"type": "submit", "doc": name, "revision": 1, "seq": 2, "op": [500, "x"]})
        assert (await session.hear())["type"] == "reject"
        await session.say("no JSON \x1b[31m\r\n")
        assert (await session.hear())["code"] == "not-json"
        assert await session.hear_close() == 4000
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nno header \x1b[31m\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.0 400 ")
    writer.close()
    async with aiohttp.ClientSession() as http:
        packed = {"Content-Encoding": "gzip"}
        async with http.post(server.url, data=b"not packed", headers=packed, skip_auto_headers=[]) as answer:
            assert answer.status == 405
        async with http.ws_connect(f"{server.url}/sync", protocols=("token.s3cret",)):
            pass
    assert await server.terminate() == 0

    (greeted,) = records(server, "session_greeted")
    (opened,) = records(server, "document_opened")
    (rejected,) = records(server, "submission_rejected")
    (ended,) = records(server, "session_ended")
    own = {"client": client, "session": greeted["session"]}
    assert greeted["client"] == client
    assert opened.items() >= {**own, "doc": "left\\u202eright", "revision": 0}.items()
    assert rejected.items() >= {**own, "doc": "left\\u202eright", "revision": 1, "seq": 2}.items()
    assert rejected["code"] == "invalid-operation"
    assert ended.items() >= {**own, "code": "not-json"}.items()
    assert [record["status"] for record in records(server, "bad_http_request")] == [400, 400]
    assert "s3cret" not in server.log()
    assert {json.loads(line)["level"] for line in server.log().splitlines()} == {"info"}
    assert "Traceback" not in server.log()
