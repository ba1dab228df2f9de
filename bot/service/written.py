"""What staff write in a group of theirs: each message has one effect, however often it is told to us."""

from dataclasses import dataclass

from bot.domain.staff_group import Written
from bot.service.ports import Unit


class AlreadyWritten(Exception):
    """This message of a group was taken before: nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A message in a group of the team, by their numbers."""

    group: int
    message: int


async def once(
    unit: Unit,
    number: int,
    staff: int | None,
    origin: Origin | None,
    answer: int | None = None,
    note: int | None = None,
) -> None:
    """Note what came of a message in a group, if it came from one; raise AlreadyWritten if that was done before."""
    if origin is None or staff is None:
        return
    if not await unit.mirror.wrote(Written(origin.group, origin.message, number, staff, answer, note)):
        raise AlreadyWritten
