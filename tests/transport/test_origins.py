"""Origins are taken as browsers send them, and a refused one is told to the operator, once."""

from __future__ import annotations

import pytest
import structlog

from transport.origins import REMEMBERED, Origins, checked_origin


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://wiki.example", "https://wiki.example"),
        ("https://Wiki.Example", "https://wiki.example"),
        ("https://wiki.example:443", "https://wiki.example"),
        ("http://wiki.example:80", "http://wiki.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_understood_as_browsers_send_it(given: str, sent: str) -> None:
    assert checked_origin(given) == sent
    assert Origins([given]).may_connect(sent, "elsewhere.example")


@pytest.mark.parametrize(
    "given",
    ["foo", "", "null", "*", "wiki.example", "https://", "https://wiki.example/", "https://wiki.example/page",
     "ftp://wiki.example", "https://a@wiki.example", "https://wiki.example:x", "https://a b", "http://[::1"],
)  # fmt: skip
def test_what_no_browser_sends_is_refused_at_once(given: str) -> None:
    with pytest.raises(ValueError, match="an origin is https://HOST"):
        Origins([given])


def test_programs_and_pages_of_the_same_host_may_connect_and_others_not() -> None:
    origins = Origins(["https://wiki.example"])
    assert origins.may_connect(None, "here.example:8080")
    assert origins.may_connect("http://here.example:8080", "here.example:8080")
    for origin in ("null", "http://here.example", "https://wiki.example.evil.example", "http://[::1", ""):
        assert not origins.may_connect(origin, "here.example:8080")


def test_each_refused_origin_is_logged_once_and_not_without_end() -> None:
    origins = Origins([])
    with structlog.testing.capture_logs() as logs:
        for number in range(3 * REMEMBERED):
            for _ in range(2):
                origins.may_connect(f"https://{number}.example", "here.example")
    assert [line["event"] for line in logs] == ["origin_refused"] * REMEMBERED
    assert logs[0]["origin"] == "https://0.example"
