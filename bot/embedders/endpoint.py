"""An embeddings endpoint of the kind that OpenAI made usual; many servers for models of one's own speak it."""

import json
from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np

from bot.understanding.embedding import NoVectors, shortened
from bot.understanding.letters import Matrix

WITHIN = 5.0  # seconds an answer may take
_LARGEST = 64 * 1024 * 1024  # bytes of an answer


class Endpoint:
    """`POST <url>/embeddings` with model and texts. Newcomers' messages leave the machine this way."""

    def __init__(self, url: str, model: str, key: str = "") -> None:
        """url: up to and without `/embeddings`. key: the bearer token, if one is wanted."""
        self.name = f"{url.rstrip('/')}#{model}"
        self._url = f"{url.rstrip('/')}/embeddings"
        self._model = model
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return a vector a text; raise NoVectors if the endpoint does not answer as it should."""
        asked = {"model": self._model, "input": [shortened(text) for text in texts]}
        request = Request(self._url, json.dumps(asked).encode(), self._headers)  # noqa: S310  # settings allow http(s)
        try:
            with urlopen(request, timeout=WITHIN) as answer:  # noqa: S310
                told = json.loads(answer.read(_LARGEST))
            rows = sorted(told["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], dtype=np.float32)
            lengths = np.linalg.norm(found, axis=1, keepdims=True)
        except HTTPError as error:
            error.close()
            raise NoVectors(f"the embeddings endpoint answered {error.code}") from error
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise NoVectors(f"the embeddings endpoint failed: {type(error).__name__}") from error
        if len(found) != len(texts) or not np.isfinite(found).all() or not (lengths > 0).all():
            raise NoVectors("the embeddings endpoint gave no vector for each text")
        return np.asarray(found / lengths, dtype=np.float32)
