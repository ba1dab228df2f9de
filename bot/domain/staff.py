"""A person of the team, and what their role may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody of the staff does; each sees only what that needs."""

    CLERK = "clerk"  # answers questions of their towns
    COURSE_CLERK = "course_clerk"  # looks after registrations of their VHS
    LEAD = "lead"  # a clerk for all towns, who assigns and sees who does what
    EDITOR = "editor"  # keeps the knowledge
    ADMINISTRATOR = "administrator"  # invites and revokes staff; sees no newcomer's words
    DATA_PROTECTION = "data_protection"  # reads the audit log only


ANSWERS_TICKETS = frozenset({Role.CLERK, Role.LEAD})
KEEPS_KNOWLEDGE = frozenset({Role.EDITOR})
READS_KNOWLEDGE = frozenset({Role.EDITOR, Role.LEAD})
SEES_COURSES = frozenset({Role.COURSE_CLERK, Role.LEAD})


@dataclass(frozen=True, slots=True)
class Staff:
    """An account. towns: ids of towns.yaml, of a clerk; vhs: ids of places.yaml, of a course clerk; empty: none.

    languages: codes of those they speak, for tickets that need a speaker. demo: made at the first start, until a real
    account exists.
    """

    id: int
    name: str
    role: Role
    towns: frozenset[str] = frozenset()
    vhs: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    demo: bool = False

    def may_answer(self, town: str) -> bool:
        """True if tickets of this town are theirs to see and answer; a ticket without a town is everybody's."""
        if self.role is Role.LEAD:
            return True
        return self.role is Role.CLERK and (not town or town in self.towns)

    def may_see_course(self, vhs: str) -> bool:
        """True if registrations of this VHS are theirs to see."""
        return self.role is Role.LEAD or (self.role is Role.COURSE_CLERK and vhs in self.vhs)
