"""What keeps a server from starting is one line and an exit code; options come from two places."""

from __future__ import annotations

import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from ot import __version__
from tests.by_hand import connected
from tests.server.command import complaint, run
from tests.server_process import ServerProcess, free_port


async def test_a_taken_port_is_one_line_and_the_store_stays_untouched(
    server: ServerProcess, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    said = complaint(run("serve", "--port", str(server.port), "--store", f"sqlite:{other}"))
    assert said == f"cannot listen on 127.0.0.1 port {server.port}: Address already in use"
    assert not other.exists()


def test_a_host_that_is_not_here_is_one_line() -> None:
    said = complaint(run("serve", "--host", "192.0.2.1", "--open-access", "--store", "memory:"))
    assert said.startswith("cannot listen on 192.0.2.1 port 8080: ")


def test_a_file_that_is_no_store_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"my own notes, not a database" * 100)
    said = complaint(run("serve", "--port", str(free_port()), "--store", f"sqlite:{path}"))
    assert str(path) in said
    assert "not an SQLite database" in said
    assert path.read_bytes() == b"my own notes, not a database" * 100


async def test_a_store_of_a_newer_version_is_refused(server: ServerProcess) -> None:
    assert await server.terminate() == 0
    with sqlite3.connect(server.database) as connection:
        connection.execute("PRAGMA user_version = 99")
    said = complaint(run("serve", "--port", str(server.port), "--store", f"sqlite:{server.database}"))
    assert "schema version 99" in said


async def test_a_store_with_a_broken_page_is_refused(server: ServerProcess) -> None:
    async with connected(server.url) as session:
        await session.greet()
        await session.open("notes")
    assert await server.terminate() == 0
    content = server.database.read_bytes()
    server.database.write_bytes(content[:4096] + b"\xff" * 4096 + content[8192:])
    said = complaint(run("serve", "--port", str(server.port), "--store", f"sqlite:{server.database}"))
    assert "corrupt" in said
    assert "restore it from a backup" in said
    assert "\\n" not in said


async def test_a_second_server_on_a_store_is_told_of_the_first_and_disturbs_it_not(
    server: ServerProcess,
) -> None:
    assert server.process is not None
    address = f"sqlite:{server.database}"
    said = complaint(run("serve", "--port", str(free_port()), "--store", address))
    assert said == f"another server (pid {server.process.pid}) has this store: {address}"
    async with connected(server.url) as session:
        await session.greet()
        assert (await session.open("notes"))["revision"] == 0
    await server.kill()
    await server.start()


def test_the_version_is_told() -> None:
    assert run("--version").stdout.decode() == f"counterpoint, version {__version__}\n"


async def test_a_type_of_ones_own_is_served_and_exported_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("from ot import Text\n\nclass Mine(Text):\n    name = 'mine'\n")
    port, address = free_port(), f"sqlite:{tmp_path / 'own.db'}"
    environment = {"PYTHONPATH": str(tmp_path), "COUNTERPOINT_TYPE": "mine:Mine"}
    command = [sys.executable, "server.py", "serve", "--port", str(port), "--store", address]
    server = ServerProcess(tmp_path, command, port=port, environment=environment)
    await server.start()
    async with connected(server.url) as session:
        await session.greet()
        await session.open("notes", doc_type="mine")
        await session.submit("notes", 0, 1, ["x"])
    assert await server.terminate() == 0
    assert run("export", "notes", "--store", address, environment=environment).stdout == b"x"
    assert "register yours with --type" in complaint(run("export", "notes", "--store", address))
    assert "cannot be replayed" in run("check", "--store", address).stdout.decode()
    assert run("check", "--store", address, environment=environment).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("serve", "--port", "http"), "'--port': a port is a number from 0 to 65535, not 'http'"),
        (("serve", "--port", "65536"), "'--port': a port is a number from 0 to 65535, not '65536'"),
        (("serve", "--origin", "https://x.example/"), "'--origin': an origin is https://HOST or"),
        (("serve", "--type", "json"), "'--type': a type is named as MODULE:CLASS, not 'json'"),
        (("serve", "--type", "no_such:Type"), "'no_such:Type' cannot be loaded: No module named"),
        (("serve", "--type", "json:JSONDecoder"), "is no document type: it has no name"),
        (("serve", "--type", "ot:Text"), "a document type named 'text' is registered already"),
        (("replay", "x.json.gz", "--url", "nonsense"), "'nonsense' is no address of a server"),
        (("serve", "--store", "postgres:x"), "addresses understood are memory: and sqlite:PATH"),
        (("serve", "--store", "sqlite:/no/such/folder/x.db"), "there is no directory /no/such/folder"),
        (("serve", "--log-level", "loud"), "'--log-level': 'loud'"),
        (("serve", "--drain-seconds", "-1"), "'--drain-seconds'"),
        (("serve", "--limit", "speed=1"), "there is no limit 'speed'; there are message_bytes, "),
        (("serve", "--limit", "documents=many"), "documents is a whole number above 0, not 'many'"),
        (("serve", "--limit", "documents=0"), "documents is a whole number above 0, not '0'"),
        (("serve", "--limit", "hello_seconds=nan"), "hello_seconds is a number above 0, not 'nan'"),
        (("sreve",), "sreve"),
        (("history",), "DOC"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line(arguments: tuple[str, ...], says: str) -> None:
    environment = {"COUNTERPOINT_PORT": str(free_port())}
    assert says in complaint(run(*arguments, environment=environment))


def test_a_mistake_in_the_environment_is_one_line() -> None:
    said = complaint(run("serve", environment={"COUNTERPOINT_PORT": "http"}))
    assert "COUNTERPOINT_PORT: a port is a number from 0 to 65535, not 'http'" in said


async def test_options_come_from_the_environment_and_a_bare_command_serves(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "COUNTERPOINT_HOST": "127.0.0.1",
        "COUNTERPOINT_PORT": str(port),
        "COUNTERPOINT_STORE": f"sqlite:{tmp_path}/from-environment.db",
        "COUNTERPOINT_LIMIT": "documents=7 hello_seconds=2.5",
        "COUNTERPOINT_ORIGIN": "https://one.example https://two.example",
        "COUNTERPOINT_LOG_FORMAT": "json",
    }
    server = ServerProcess(tmp_path, [sys.executable, "server.py"], port=port, environment=environment)
    await server.start()
    try:
        assert (tmp_path / "from-environment.db").exists()
        assert f'"url": "http://127.0.0.1:{port}/"' in server.log()
        for origin in ("https://one.example", "https://two.example"):
            async with connected(server.url, Origin=origin) as session:
                assert (await session.greet())["limits"]["documents"] == 7
    finally:
        await server.kill()


async def test_the_command_line_goes_before_the_environment(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "server.py", "serve", "--port", str(port), "--store", "memory:"]
    environment = {"COUNTERPOINT_PORT": "1", "COUNTERPOINT_STORE": "nonsense"}
    server = ServerProcess(tmp_path, command, port=port, environment=environment)
    await server.start()
    assert await server.terminate() == 0


async def test_only_this_machine_is_listened_to_unless_told_otherwise(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "server.py", "serve", "--port", str(port), "--store", "memory:"]
    server = ServerProcess(tmp_path, command, port=port)
    await server.start()
    try:
        # Another address of the loopback's network stands for every address that is not the default.
        with socket.socket() as elsewhere, pytest.raises(ConnectionRefusedError):
            elsewhere.connect(("127.0.0.2", port))
    finally:
        await server.kill()
