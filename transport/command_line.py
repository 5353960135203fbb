"""What the commands have in common: settings, the store, types of one's own, and errors of one line."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from ot import DocumentType, UnknownType, register_type
from storage import StoreError
from transport.log_lines import escaped

T = TypeVar("T")

PREFIX: Final = "COUNTERPOINT_"


class Setting(click.Option):
    """An option that may come from the environment too; errors say which of the two was wrong."""

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return what the user has to change."""
        assert self.name is not None, "options have names"
        if ctx is not None and ctx.get_parameter_source(self.name) is ParameterSource.ENVIRONMENT:
            return str(self.envvar)
        return f"'{self.opts[0]}'"


def setting(*names: str, help: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option `--some-name`, also found in the environment as COUNTERPOINT_SOME_NAME.

    Of one that may be given more than once, spaces part the values in the environment.
    """
    variable = PREFIX + names[0].lstrip("-").replace("-", "_").upper()
    if more.get("multiple"):
        help += " May be given more than once; in the environment, spaces part the values."
    return click.option(
        *names, cls=Setting, envvar=variable, show_envvar=True, show_default=True, help=help, **more
    )


store_option = setting(
    "--store",
    "url",
    default="sqlite:counterpoint.db",
    help="Where documents are kept: sqlite:PATH or memory:.",
)


def _register(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> None:
    for name in names:
        try:
            register_type(_found_type(name))
        except ValueError as error:
            raise click.BadParameter(str(error)) from None


def _found_type(name: str) -> DocumentType:
    """Return the document type that `module:Class` names, made without arguments if it is a class."""
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise ValueError(f"a type is named as MODULE:CLASS, not {name!r}")
    here = str(Path.cwd())
    if here not in sys.path:  # where the command was installed, only its own folder is there
        sys.path.append(here)
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{name!r} cannot be loaded: {error}") from None
    made = found() if isinstance(found, type) else found
    if not isinstance(getattr(made, "name", None), str):
        raise ValueError(f"{name!r} is no document type: it has no name")
    return made  # type: ignore[no-any-return]  # what else it lacks shows when it is used


types_option = setting(
    "--type", "types", multiple=True, metavar="MODULE:CLASS", callback=_register, expose_value=False,
    help="Register a document type of your own.",
)  # fmt: skip


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; a store that cannot be used ends it with one line."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return told(lambda: runner.run(work))


def told(act: Callable[[], T]) -> T:
    """Do something; what is wrong with a store, or a type that is not known, is one line."""
    try:
        return act()
    except StoreError as error:
        raise click.ClickException(escaped(str(error))) from error
    except UnknownType as error:
        text = f"{error}; register yours with --type MODULE:CLASS"
        raise click.ClickException(escaped(text)) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return that of uvloop, where it is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
