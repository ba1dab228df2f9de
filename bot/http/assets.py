"""A page's own files, read once; their address holds a hash of them all, so that browsers may keep them."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is and packed."""

    media_type: str
    plain: bytes
    packed: bytes


class Assets:
    """All files of a folder, under an address that ends in /static."""

    def __init__(self, folder: Path, root: str = "/static") -> None:
        self._root = root
        paths = sorted(path for path in folder.iterdir() if path.suffix in TYPES)
        self._held = {path.name: _read(path) for path in paths}
        content = b"\x00".join(name.encode() + b"\x00" + asset.plain for name, asset in self._held.items())
        self._version = hashlib.sha256(content).hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return the address of a file; raise KeyError if there is none of that name."""
        if name not in self._held:
            raise KeyError(name)
        return f"{self._root}/{self._version}/{name}"

    @property
    def path(self) -> str:
        """The route of all files."""
        return f"{self._root}/{{version}}/{{name}}"

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with a file, packed if the browser can unpack it."""
        asset = self._held.get(request.match_info["name"])
        if asset is None or request.match_info["version"] != self._version:
            raise web.HTTPNotFound
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        response = web.Response(body=asset.packed if packs else asset.plain, content_type=asset.media_type)
        response.charset = "utf-8"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        if packs:
            response.headers["Content-Encoding"] = "gzip"
        return response


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(TYPES[path.suffix], content, gzip.compress(content, mtime=0))
