"""The built pages, served from memory.

Names of files carry no hash, so each is asked for anew on every visit and answered by 304 where it is
the same. "The same" is its content, not its time: installers give the files of two versions one time.
Nothing is looked up in the file system while serving, so no address leads out of the folder.
"""

from __future__ import annotations

import gzip
import hashlib
import html
from pathlib import Path
from typing import Final

import attrs
from aiohttp import web

CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Our own, since what a machine says of `.js` is not always what browsers run."""

PACKED_WELL: Final = 0.9
"""Of its size: what gzip makes no smaller than that (images, fonts) is served as it is."""


REFUSAL: Final = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title} - Counterpoint</title>
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/counterpoint.css">
  </head>
  <body class="start">
    <main class="start-main">
      <section class="hero">
        <h1>{title}</h1>
        <p>{text}</p>
        <p><a href="/">Open a document</a></p>
      </section>
    </main>
  </body>
</html>
"""
"""What a person sees at an address that leads to no document."""


def refusal_page(status: int, title: str, text: str) -> web.Response:
    """Return a page that says why there is no document; both texts may quote what was asked for."""
    page = REFUSAL.format(title=html.escape(title), text=html.escape(text))
    return web.Response(status=status, text=page, content_type="text/html")


@attrs.frozen
class Page:
    """One file, ready to send."""

    content_type: str
    body: bytes
    packed: bytes | None
    tag: str

    def answer(self, request: web.Request) -> web.Response:
        """Return the file, or that the browser has it already."""
        gzipped = self.packed is not None and _accepts_gzip(request)
        tag = f"{self.tag}-gzip" if gzipped else self.tag
        headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"', "Vary": "Accept-Encoding"}
        if any(known.value in (tag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.content_type
        if gzipped:
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=self.packed if gzipped else self.body, headers=headers)


def read_pages(folder: Path) -> dict[str, Page]:
    """Return every file below `folder` by its path there; none where there is no such folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _page(path) for path in files}


def _page(path: Path) -> Page:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0)
    return Page(
        CONTENT_TYPES.get(path.suffix, "application/octet-stream"),
        body,
        packed if len(packed) < PACKED_WELL * len(body) else None,
        hashlib.sha256(body).hexdigest()[:32],
    )


def _accepts_gzip(request: web.Request) -> bool:
    """Tell whether gzip is among the codings asked for, and not with weight zero."""
    for coding in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = coding.replace(" ", "").partition(";")
        if name == "gzip":
            return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
