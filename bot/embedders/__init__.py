"""Adapters towards what turns texts into vectors: the model in a package, or an endpoint over HTTP."""

from bot.embedders.bundled import Bundled
from bot.embedders.endpoint import Endpoint

__all__ = ["Bundled", "Endpoint"]
