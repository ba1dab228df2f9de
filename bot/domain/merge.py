"""Two tickets of one newcomer that become one: how the kept one stands then, and how both stood before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Self

from bot.domain.ticket import Ticket, Waits


@dataclass(frozen=True, slots=True)
class Standing:
    """What a merge changes of a ticket."""

    assignee: int | None
    urgent: bool
    tags: tuple[str, ...]
    promised_at: datetime | None
    remind_at: datetime | None
    added_at: datetime | None
    answered_at: datetime | None
    attended_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None

    def to_values(self) -> dict[str, Any]:
        """Return the columns' values."""
        return {**asdict(self), "tags": list(self.tags)}

    def to_json(self) -> dict[str, Any]:
        """Return it for a JSON column; moments as ISO text."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self.to_values().items()
        }

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        values = dict(held)
        for field in fields(cls):
            if field.name.endswith(("_at", "_until")) and values[field.name] is not None:
                values[field.name] = datetime.fromisoformat(values[field.name])
        return cls(**{**values, "tags": tuple(values["tags"])})


def standing(ticket: Ticket) -> Standing:
    """Return how a ticket stands."""
    return Standing(**{field.name: getattr(ticket, field.name) for field in fields(Standing)})


def together(kept: Ticket, other: Ticket) -> Standing:
    """Return how `kept` stands once `other` is part of it.

    What nobody has answered yet stays unanswered, with the earliest time that was promised for it; a person who is on
    one of them is on both; put off is what was put off twice.
    """
    waiting = [one for one in (kept, other) if one.waits_for is Waits.TEAM]
    promised = [one.promised_at for one in waiting if one.promised_at and one.answered_at is None]
    reminders = [one.remind_at for one in waiting if one.remind_at and one.answered_at is None]
    answers = [one.answered_at for one in (kept, other) if one.answered_at]
    snoozed = (kept.snoozed_until, other.snoozed_until if other.is_open else None)
    return Standing(
        assignee=kept.assignee if kept.assignee is not None else other.assignee if other.is_open else None,
        urgent=kept.urgent or other.urgent,
        tags=tuple(dict.fromkeys((*kept.tags, *other.tags))),
        promised_at=min(promised, default=kept.promised_at),
        remind_at=min(reminders, default=kept.remind_at),
        added_at=_latest(kept.added_at, other.added_at, other.opened_at if other.is_open else None),
        answered_at=_answered(kept, other) if waiting else max(answers, default=None),
        attended_at=_latest(kept.attended_at, other.attended_at if other.is_open else None),
        snoozed_until=min(filter(None, snoozed)) if all(snoozed) else None,
        closed_at=None,
    )


def _answered(kept: Ticket, other: Ticket) -> datetime | None:
    """Return when the whole was answered last, if something in it still waits: before that, or never."""
    if other.waits_for is Waits.TEAM and kept.waits_for is not Waits.TEAM:
        return other.answered_at
    return kept.answered_at


def _latest(*moments: datetime | None) -> datetime | None:
    return max(filter(None, moments), default=None)


@dataclass(frozen=True, slots=True)
class Merge:
    """What parts them again: kept on the ticket that was merged into another.

    kept, other: how they stood before. after: how the kept one stood then. messages, notes: ids of what went over.
    lines: how many the kept one had. way: it has the other's second way. notice: id of what the newcomer was told,
    0 if they were not.
    """

    kept: Standing
    other: Standing
    after: Standing
    messages: tuple[int, ...]
    notes: tuple[int, ...]
    lines: int
    way: bool
    notice: int = 0

    def is_untouched(self, kept: Ticket) -> bool:
        """True if nobody has written, answered or closed since: parting them then loses nothing."""
        now = standing(kept)
        return all(
            getattr(now, name) == getattr(self.after, name)
            for name in ("added_at", "answered_at", "closed_at")
        )

    def parted(self, kept: Ticket) -> Standing:
        """Return how the kept ticket stands without the other: as before, but for what somebody has changed since."""
        now = standing(kept)
        names = [field.name for field in fields(Standing)]
        back = {
            name: getattr(self.kept, name)
            for name in names
            if getattr(now, name) == getattr(self.after, name)
        }
        return replace(now, **back)

    def to_json(self) -> dict[str, Any]:
        """Return it for a JSON column."""
        whole = {name: getattr(self, name).to_json() for name in ("kept", "other", "after")}
        return {
            **whole,
            "messages": list(self.messages),
            "notes": list(self.notes),
            "lines": self.lines,
            "way": self.way,
            "notice": self.notice,
        }

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(
            Standing.from_json(held["kept"]),
            Standing.from_json(held["other"]),
            Standing.from_json(held["after"]),
            tuple(held["messages"]),
            tuple(held["notes"]),
            held["lines"],
            held["way"],
            held["notice"],
        )
