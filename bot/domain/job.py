"""Work that is due at a later time and survives restarts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Job:
    """A due job, leased to one worker. `payload` holds ids only, never text."""

    id: int
    kind: str
    key: str
    run_at: datetime
    payload: dict[str, str | int]
    attempts: int
