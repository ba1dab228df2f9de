"""When Python's garbage collector works: not while much is made that stays, and never over what stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def growing() -> Iterator[None]:
    """Make much that stays: nothing of it is looked through for what can be thrown away, neither now nor later.

    The collector would go through all of it again and again while it grows, which took a quarter of the start. What is
    garbage by then (some thousand objects) stays until the next `settle`.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Throw away what was made anew and what it replaced, and leave alone what is there from now on."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
