"""What the application answers to browsers, monitors and strangers, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

import server
from storage import MemoryStore
from tests.by_hand import PATIENCE, connected
from transport.pages import read_pages

DIST: Final = Path(__file__).parent.parent.parent / "web" / "dist"


async def got(url: str, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    """Return the answer to a path that is sent as it is, and its bytes as they came."""
    async with (
        aiohttp.ClientSession(auto_decompress=False, headers=headers) as http,
        http.get(URL(url + path, encoded=True), skip_auto_headers=["Accept-Encoding"]) as response,
    ):
        return response, await response.read()


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", "text/html"),
        ("/edit/hello", "edit.html", "text/html"),
        ("/edit/a/b%20c/%E6%97%A5%E8%A8%98", "edit.html", "text/html"),
        ("/rich/hello", "rich.html", "text/html"),
        ("/rich/a/b%20c", "rich.html", "text/html"),
        ("/assets/edit.js", "assets/edit.js", "text/javascript"),
        ("/assets/counterpoint.css", "assets/counterpoint.css", "text/css"),
        ("/assets/icon.svg", "assets/icon.svg", "image/svg+xml"),
    ],
)
async def test_each_address_gives_its_file_byte_for_byte(url: str, path: str, file: str, kind: str) -> None:
    response, body = await got(url, path)
    assert (response.status, response.content_type) == (200, kind)
    assert body == (DIST / file).read_bytes()
    assert "Content-Encoding" not in response.headers


async def test_who_can_unpack_gets_the_same_bytes_packed(url: str) -> None:
    response, body = await got(url, "/assets/edit.js", **{"Accept-Encoding": "br, gzip"})
    plain = (DIST / "assets/edit.js").read_bytes()
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain
    assert len(body) < len(plain) / 2
    assert response.headers["Vary"] == "Accept-Encoding"
    refused, body = await got(url, "/assets/edit.js", **{"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in refused.headers
    assert body == plain
    assert refused.headers["ETag"] != response.headers["ETag"], "other bytes under one tag"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_a_browser_that_has_the_file_is_told_so_and_asks_on_every_visit(url: str, coding: str) -> None:
    response, _ = await got(url, "/assets/edit.js", **{"Accept-Encoding": coding})
    tag = response.headers["ETag"]
    assert response.headers["Cache-Control"] == "no-cache"
    for known in (tag, f'"other", W/{tag}'):
        again, body = await got(url, "/assets/edit.js", **{"Accept-Encoding": coding, "If-None-Match": known})
        assert (again.status, body, again.headers["ETag"]) == (304, b"", tag)
    stale, body = await got(url, "/assets/edit.js", **{"Accept-Encoding": coding, "If-None-Match": '"old"'})
    assert (stale.status, len(body) > 0) == (200, True)


def test_a_tag_stands_for_content_and_not_for_a_time(tmp_path: Path) -> None:
    def tag(content: bytes) -> str:
        (tmp_path / "x.js").write_bytes(content)
        return read_pages(tmp_path)["x.js"].tag

    first, second = tag(b"one"), tag(b"two")
    assert first != second
    assert tag(b"one") == first == hashlib.sha256(b"one").hexdigest()[:32]


@pytest.mark.parametrize("path", ["/", "/edit/hello", "/assets/edit.js", "/healthz", "/nothing", "/edit/.."])
async def test_every_answer_forbids_what_no_page_needs(url: str, path: str) -> None:
    response, _ = await got(url, path)
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws: wss:"
    assert policy["img-src"] == "'self' data: https:"  # a rich text names pictures by their address
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe-eval" not in str(policy)
    assert "script-src" not in policy  # default-src holds: no inline script runs
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "aiohttp" not in response.headers["Server"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/poor/hello", 404),
        ("/assets/none.js", 404),
        ("/assets/../server.py", 404),
        ("/assets/..%2f..%2fserver.py", 404),
        ("/assets/%2e%2e/index.html", 404),
        ("/edit/%0d%0aSet-Cookie:x", 404),
    ],
)
async def test_what_is_no_page_is_refused_in_plain_text(url: str, path: str, status: int) -> None:
    head, body = await asked(url, path)
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Type: text/plain" in head
    assert b"Set-Cookie" not in head
    assert body.strip()
    assert b"import" not in body


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/edit", 404, b"The address ends where its name should be."),
        ("/edit/", 404, b"The address ends where its name should be."),
        ("/rich/", 404, b"The address ends where its name should be."),
        ("/rich/..", 400, b"&#x27;..&#x27;"),
        ("/edit/a//b", 400, b"No document can have this name"),
        ("/edit/%2e%2e%2fx", 400, b"No document can have this name"),
        ("/edit/a%00b", 400, b"No document can have this name"),
        ("/edit/%3Cscript%3Ealert(1)%3C/script%3E/..", 400, b"No document can have this name"),
        (f"/edit/{'n' * 201}", 400, b"No document can have this name"),
    ],
)
async def test_a_name_that_no_document_can_have_is_a_page_that_says_so(
    url: str, path: str, status: int, says: bytes
) -> None:
    head, body = await asked(url, path)
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Type: text/html; charset=utf-8" in head
    assert says in body
    assert b'href="/"' in body
    assert b"<script" not in body


async def asked(url: str, path: str) -> tuple[bytes, bytes]:
    """Return head and body of the answer, asked by hand: a client would tidy the path up first."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    async with asyncio.timeout(PATIENCE):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return head, body


async def test_without_built_pages_there_is_no_editor_but_documents_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PAGES", tmp_path / "dist")
    runner = web.AppRunner(server.make_app(MemoryStore()))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        response, _ = await got(f"http://{host}:{port}", "/")
        assert response.status == 404
        async with connected(f"http://{host}:{port}") as session:
            await session.greet()
            assert (await session.open("notes"))["revision"] == 0
    finally:
        await runner.cleanup()


async def test_health_readiness_and_metrics_answer(url: str) -> None:
    assert (await got(url, "/healthz"))[1] == b"alive\n"
    assert (await got(url, "/readyz"))[1] == b"ready\n"
    async with connected(url) as session:
        await session.greet()
        await session.open("notes")
        await session.submit("notes", 0, 1, ["x"])
        response, body = await got(url, "/metrics")
    assert response.content_type == "text/plain"
    lines = body.decode().splitlines()
    assert "counterpoint_sessions 1.0" in lines
    assert "counterpoint_operations_total 1.0" in lines
    assert not any("notes" in line for line in lines)


async def test_pages_of_an_origin_that_was_named_may_connect_and_no_others(url: str) -> None:
    own = url
    async with aiohttp.ClientSession() as http:
        for origin in (own, "https://wiki.example"):
            async with http.ws_connect(f"{url}/sync", headers={"Origin": origin}):
                pass
        for origin in ("https://wiki.example.evil.example", "null", "https://evil.example", own + "0"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(f"{url}/sync", headers={"Origin": origin})
            assert refused.value.status == 403
