"""How `counterpoint serve` is told who may do what. Secrets come from a file or the environment alone.

An option's value stands in the list of processes for everybody on the machine, and in `--help` if it is a
default: so there is `--jwt-secret-file`, and COUNTERPOINT_JWT_SECRET, but no option with the secret itself.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import click

from transport.access_jwt import LEEWAY, JwtPolicy
from transport.command_line import PREFIX, setting

SECRET_VARIABLE: Final = f"{PREFIX}JWT_SECRET"

NO_POLICY: Final = (
    "on {host} others than this machine can connect, and everybody could change every document: say who may, "
    "with --jwt-secret-file or --jwt-key-file, or that everybody may, with --open-access"
)


@attrs.frozen
class AccessSettings:
    """What the command line says of access."""

    policy: JwtPolicy | None
    """None: everybody may do everything."""
    open_access: bool


def access_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of access to a command, which gets them as `access_settings` takes them."""
    options = (
        setting(
            "--open-access", is_flag=True, default=False,
            help="Let everybody do everything, also where others than this machine can connect.",
        ),
        setting(
            "--jwt-secret-file", type=click.Path(path_type=Path), metavar="PATH",
            help="Take tokens (HS256) signed with the secret in this file; or in the environment, as "
            f"{SECRET_VARIABLE}.",
        ),
        setting(
            "--jwt-key-file", type=click.Path(path_type=Path), metavar="PATH",
            help="Take tokens (RS256) of the public keys in this file: PEM, or a JSON Web Key Set.",
        ),
        setting("--jwt-audience", metavar="TEXT", help="What `aud` of a token has to hold."),
        setting("--jwt-issuer", metavar="TEXT", help="What `iss` of a token has to be."),
        setting(
            "--jwt-leeway", type=click.FloatRange(0), default=LEEWAY,
            help="Seconds by which the issuer's clock may be ahead.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def access_settings(
    *,
    open_access: bool,
    jwt_secret_file: Path | None,
    jwt_key_file: Path | None,
    jwt_audience: str | None,
    jwt_issuer: str | None,
    jwt_leeway: float,
) -> AccessSettings:
    """Return what the options and the environment say; UsageError where they contradict each other."""
    secret = os.environ.get(SECRET_VARIABLE)
    given = {
        "--jwt-secret-file": jwt_secret_file is not None,
        SECRET_VARIABLE: secret is not None,
        "--jwt-key-file": jwt_key_file is not None,
        "--open-access": open_access,
    }
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other")
    claims: dict[str, Any] = {"audience": jwt_audience, "issuer": jwt_issuer, "leeway": jwt_leeway}
    try:
        if jwt_key_file is not None:
            return AccessSettings(JwtPolicy.rs256(_read(jwt_key_file).decode(), **claims), open_access)
        if jwt_secret_file is not None:
            # An editor leaves a line end, which is no part of any secret.
            return AccessSettings(
                JwtPolicy.hs256(_read(jwt_secret_file).rstrip(b"\r\n"), **claims), open_access
            )
        if secret is not None:
            return AccessSettings(JwtPolicy.hs256(secret.encode(), **claims), open_access)
    except ValueError as error:
        raise click.UsageError(f"{chosen[0]}: {error}") from None
    if jwt_audience is not None or jwt_issuer is not None:
        raise click.UsageError("--jwt-audience and --jwt-issuer need --jwt-secret-file or --jwt-key-file")
    return AccessSettings(None, open_access)


def check_reach(host: str, access: AccessSettings) -> None:
    """Raise UsageError where others than this machine could do everything, and nobody has said so."""
    if access.policy is None and not access.open_access and not is_loopback(host):
        raise click.UsageError(NO_POLICY.format(host=host or "every address"))


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address; a name other than localhost may be anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
