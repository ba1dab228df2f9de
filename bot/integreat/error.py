"""What keeps a region from being imported, told in German to the people who import it."""

from collections.abc import Iterable

SHOWN = 10  # one slip of an export repeats on all its pages


class IntegreatError(Exception):
    """Nothing was changed; the message says why and what to do."""

    @classmethod
    def of(cls, messages: Iterable[str]) -> "IntegreatError":
        """Return one error for several messages, the first ten in full."""
        told = list(messages)
        more = [f"… und {len(told) - SHOWN} weitere"] if len(told) > SHOWN else []
        return cls("\n".join((*told[:SHOWN], *more)))
