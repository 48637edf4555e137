"""Static files: compressed once, kept in memory, and for a year in the browser that asked.

The address carries a hash of the content (`asset`), so what was kept is never out of date. A file
asked for by another hash, or by none, is sent, but not to be kept.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, abort, request
from werkzeug.wrappers import Response as Page

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent: plain, and compressed where that is shorter."""

    content: bytes
    packed: bytes | None
    kind: str
    digest: str


def init_app(app: Flask) -> None:
    """Serve the folder of static files from memory, and give templates their addresses."""
    files = _read(Path(app.static_folder or ""))

    def asset(filename: str) -> str:
        """Return the address of a static file, with the hash of its content."""
        place = f"{request.script_root}{app.static_url_path}/{filename}"
        return f"{place}?v={files[filename].digest}"

    def send(filename: str) -> Page:
        """Send a static file, compressed to whoever takes that."""
        return _answer(files.get(filename) or abort(404))

    app.view_functions["static"] = send
    app.add_template_global(asset, "asset")


def _read(folder: Path) -> dict[str, StaticFile]:
    return {path.name: _prepare(path) for path in folder.iterdir() if path.is_file()}


def _prepare(path: Path) -> StaticFile:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    digest = hashlib.sha256(content).hexdigest()[:12]
    return StaticFile(content, packed if len(packed) < len(content) else None, kind, digest)


def _answer(file: StaticFile) -> Page:
    wanted = file.packed is not None and request.accept_encodings.quality("gzip") > 0
    page = Page(file.packed if wanted else file.content, mimetype=file.kind)
    if wanted:
        page.headers["Content-Encoding"] = "gzip"
    page.headers["Vary"] = "Accept-Encoding"
    page.headers["Cache-Control"] = FOREVER if request.args.get("v") == file.digest else "no-cache"
    page.set_etag(f"{file.digest}-gzip" if wanted else file.digest)
    page.make_conditional(request)
    return page
