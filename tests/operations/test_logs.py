"""What a hostile or broken client sends, and what stands in an exception, is not found in the log."""

import asyncio
import gc
import json
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.operations.logs import set_up
from tests.operations.process import as_before

Form = Literal["json", "text"]
FORMS: tuple[Form, ...] = ("json", "text")
CANARY = "Zwitscherkanarie4711"
# Of a request: its line, a header, a cookie, a length, and what an unknown method holds.
BROKEN = (
    f"GET /{CANARY} \xff\xfe HTTP/9.9\r\n\r\n",
    f"{CANARY} \r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: x\r\n{CANARY} bad\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: x\r\nCookie: lotse={CANARY}\x00\r\n\r\n",
    f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {CANARY}\r\n\r\n",
    f"GET /?lang=%ff {CANARY} HTTP/1.1\r\nHost: x\r\n\r\n",
    f"GET /fault?text={CANARY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
)


@contextmanager
def logged(form: Form) -> Iterator[None]:
    """Logs as the product sets them up, to standard error as it is now."""
    with as_before():
        set_up(form)
        yield


async def _fault(request: web.Request) -> web.Response:
    raise ValueError(request.query["text"])


@pytest.mark.parametrize("form", FORMS)
async def test_a_broken_request_is_not_quoted(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    app = web.Application()
    app.add_routes([web.get("/fault", _fault)])
    with logged(form):
        async with TestServer(app) as server:
            for raw in BROKEN:
                reader, writer = await asyncio.open_connection(server.host, server.port)
                writer.write(raw.encode("latin-1"))
                assert (await reader.read(12)).startswith(b"HTTP/1.")
                writer.close()
    log = capsys.readouterr().err
    assert "aiohttp.server" in log
    assert "ValueError" in log
    assert "test_logs.py" in log  # where the handler failed
    assert CANARY not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("form", FORMS)
def test_no_way_to_the_log_quotes(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    with logged(form):
        logging.getLogger("some.library").error("refused: %s", CANARY, extra={"more": CANARY})
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(CANARY, stacklevel=1)
        thread = threading.Thread(target=_fail, name=CANARY)
        thread.start()
        thread.join()
        _Failing()
        gc.collect()
    log = capsys.readouterr().err
    for told in ("some.library", "py.warnings", "thread", "unraisable", "RuntimeError"):
        assert told in log
    assert CANARY not in log
    assert "Traceback" not in log


def _fail() -> None:
    raise RuntimeError(CANARY)


class _Failing:
    def __del__(self) -> None:
        _fail()


def test_every_line_of_json_logs_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    with logged("json"):
        logging.getLogger("some.library").warning(CANARY)
        structlog.get_logger().info("run.ready", port=1, text=CANARY)
    library, ours = map(json.loads, capsys.readouterr().err.splitlines())
    assert library["logger"] == "some.library"
    assert library["level"] == "warning"
    assert ours["port"] == 1
    assert CANARY not in f"{library}{ours}"
