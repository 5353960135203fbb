"""The wheel is enough: installed elsewhere, it serves the pages and the protocol."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.project.examples import examples
from tests.server_process import ServerProcess, free_port

ROOT: Final = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("counterpoint-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a virtual environment with the wheel in it; its dependencies are those of the tests.

    They are lent by path, so that the test needs no network and no minute. The project's own modules
    are not among them: they can come from the wheel alone.
    """
    environment = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    options = ["--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run([*pip, *options, str(wheel)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment


def test_the_wheel_holds_the_packages_and_the_pages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"ot", "storage", "transport", "server.py", "web"}
    assert "web/dist/index.html" in names
    assert "web/dist/edit.html" in names
    assert {f"{package}/py.typed" for package in ("ot", "storage", "transport")} <= set(names)
    assert [name for name in names if name.startswith("web/") and not name.startswith("web/dist/")] == []
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_modules_of_an_installation_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = (
        "import ot, storage, transport, server\nfor m in (ot, storage, transport, server): print(m.__file__)"
    )
    run = [str(installed / "bin" / "python"), "-c", code]
    places = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.split()
    assert [place for place in places if not place.startswith(str(installed))] == []


async def test_an_installation_serves_the_pages_and_what_they_load(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    counterpoint = str(installed / "bin" / "counterpoint")
    options = ["--host", "127.0.0.1", "--port", str(port), "--store", f"sqlite:{tmp_path}/wheel.db"]
    server = ServerProcess(tmp_path, [counterpoint, "serve", *options], port=port, directory=tmp_path)
    await server.start()
    try:
        async with aiohttp.ClientSession(server.url, raise_for_status=True) as http:
            async with http.get("/healthz") as response:
                assert response.status == 200
            for page in ("/", "/edit/x"):
                async with http.get(page) as response:
                    assert response.content_type == "text/html"
                    loaded = re.findall(r'(?:src|href)="(/assets/[^"]+)"', await response.text())
                assert loaded, f"{page} loads no script and no style"
                for asset in loaded:
                    async with http.get(asset) as response:
                        assert await response.read(), asset
    finally:
        await server.kill()


def test_an_installation_tests_types_in_one_line(installed: Path, tmp_path: Path) -> None:
    """The scratch project holds the line of the README, and the type of the docs before and after."""
    (line,) = (example for example in examples(ROOT / "README.md") if "= laws(" in example.code)
    (tmp_path / "test_text.py").write_text(line.code)
    for name, code in examples(ROOT / "docs" / "testing.md")[-1].files:
        (tmp_path / name).write_text(code)
    python = [str(installed / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*python, *arguments], cwd=tmp_path, capture_output=True, text=True)

    right = run("test_text.py", "test_agreeing.py")
    assert right.returncode == 0, right.stdout
    wrong = run("test_basket.py", "-k", "both_orders")
    assert wrong.returncode == 1, wrong.stdout
    assert "both orders of two concurrent operations agree" in wrong.stdout
