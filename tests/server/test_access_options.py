"""`serve` is reached by others with a policy, or where somebody says that everybody may do everything."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import jwt
import pytest

from tests.server.command import complaint, run
from tests.server_process import ServerProcess, free_port
from transport import ConnectionStopped, connect
from transport.access_options import is_loopback

SECRET = "a secret that nobody else has, at all"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid", ""])
def test_an_address_that_others_reach_needs_a_policy_or_a_flag(host: str) -> None:
    result = run("serve", "--host", host, "--store", "memory:")
    said = complaint(result)
    assert result.returncode == 2
    assert "--open-access" in said and "--jwt-secret-file" in said


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_the_loopback_is_told_from_what_only_looks_like_it(host: str, alone: bool) -> None:
    assert is_loopback(host) == alone


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (("--jwt-secret-file", "/no/such/file"), {}, "--jwt-secret-file: cannot read /no/such/file"),
        (("--jwt-key-file", "README.md"), {}, "--jwt-key-file: no RSA public key as PEM"),
        ((), {"JWT_SECRET": "short"}, "COUNTERPOINT_JWT_SECRET: a secret for HS256 has at least 32 bytes"),
        ((), {"JWT_SECRET": ""}, "COUNTERPOINT_JWT_SECRET: a secret for HS256 has at least 32 bytes"),
        (("--open-access",), {"JWT_SECRET": SECRET}, "COUNTERPOINT_JWT_SECRET and --open-access exclude"),
        (("--jwt-secret-file", "a", "--jwt-key-file", "b"), {}, "--jwt-secret-file and --jwt-key-file"),
        (("--jwt-audience", "notes"), {}, "need --jwt-secret-file or --jwt-key-file"),
        (("--jwt-leeway", "-1"), {"JWT_SECRET": SECRET}, "'--jwt-leeway'"),
    ],
)
def test_a_policy_that_is_none_is_one_line_and_never_open_access(
    arguments: tuple[str, ...], environment: dict[str, str], says: str
) -> None:
    variables = {f"COUNTERPOINT_{name}": value for name, value in environment.items()}
    result = run("serve", "--store", "memory:", "--port", str(free_port()), *arguments, environment=variables)
    assert says in complaint(result)
    assert result.returncode == 2
    assert SECRET not in result.stderr.decode()


def test_help_shows_no_secret_of_the_environment() -> None:
    result = run("serve", "--help", environment={"COUNTERPOINT_JWT_SECRET": SECRET})
    assert SECRET not in result.stdout.decode() + result.stderr.decode()


def token(**claims: object) -> str:
    made = {"sub": "ada", "name": "Ada", "exp": int(time.time()) + 600, **claims}
    return jwt.encode(made, SECRET, algorithm="HS256")


@pytest.mark.parametrize("from_file", [True, False], ids=["file", "environment"])
async def test_a_server_with_a_secret_takes_its_tokens_on_every_address(
    tmp_path: Path, from_file: bool
) -> None:
    port = free_port()
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    command = [sys.executable, "server.py", "serve", "--host", "0.0.0.0", "--port", str(port)]
    command += ["--store", "memory:", "--log-level", "debug"]
    command += ["--jwt-secret-file", str(secret)] if from_file else []
    environment = {} if from_file else {"COUNTERPOINT_JWT_SECRET": SECRET}
    server = ServerProcess(tmp_path, command, port=port, environment=environment)
    await server.start()
    try:
        url = f"ws://127.0.0.1:{port}/sync"
        good = token(docs={"notes": ["open", "create", "edit"]})
        async with connect(url, token=good) as connection:
            doc = await connection.open("notes", doc_type="text")
            doc.submit(["x"])
            await doc.settled()
        for bad in (None, "guess", token(exp=1)):
            async with connect(url, token=bad) as stranger:
                with pytest.raises(ConnectionStopped, match="unauthorized"):
                    await stranger.open("notes")
    finally:
        await server.kill()
    written = server.log()
    assert "token_refused" in written
    assert SECRET not in written and good not in written and good.rpartition(".")[2] not in written
