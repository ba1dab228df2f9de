"""The unit of work: everything stored, seen through one transaction."""

from datetime import datetime

from bot.domain.held import Erased, Held
from bot.service.ports import Retention
from bot.storage import erasing, joining
from bot.storage.audit import StoredAudit
from bot.storage.contacts import StoredContacts
from bot.storage.courses import StoredCourses
from bot.storage.door import StoredDoor
from bot.storage.events import StoredEvents
from bot.storage.feedback import StoredFeedback
from bot.storage.files import Folder
from bot.storage.groups import StoredGroups
from bot.storage.intake import StoredIntake
from bot.storage.jobs import StoredJobs
from bot.storage.merges import StoredMerges
from bot.storage.messages import StoredMessages
from bot.storage.mirror import StoredMirror
from bot.storage.notices import StoredNotices
from bot.storage.outbox import StoredOutbox
from bot.storage.proposals import StoredProposals
from bot.storage.registrations import StoredRegistrations
from bot.storage.staff import StoredStaff
from bot.storage.tickets import StoredTickets
from bot.storage.tokens import StoredTokens
from bot.storage.transaction import Transaction
from bot.storage.translations import StoredTranslations


class StoredUnit:
    """The promise `Unit`."""

    def __init__(self, transaction: Transaction, folder: Folder) -> None:
        self._tx = transaction
        self._folder = folder

    @property
    def contacts(self) -> StoredContacts:
        """Contacts and their addresses."""
        return StoredContacts(self._tx)

    @property
    def intake(self) -> StoredIntake:
        """What came in and is not answered yet."""
        return StoredIntake(self._tx)

    @property
    def outbox(self) -> StoredOutbox:
        """What goes out."""
        return StoredOutbox(self._tx)

    @property
    def messages(self) -> StoredMessages:
        """The history."""
        return StoredMessages(self._tx)

    @property
    def tickets(self) -> StoredTickets:
        """Questions for people."""
        return StoredTickets(self._tx)

    @property
    def merges(self) -> StoredMerges:
        """Tickets that became part of another."""
        return StoredMerges(self._tx)

    @property
    def translations(self) -> StoredTranslations:
        """What a program translated."""
        return StoredTranslations(self._tx)

    @property
    def feedback(self) -> StoredFeedback:
        """What is wrong in answers."""
        return StoredFeedback(self._tx)

    @property
    def jobs(self) -> StoredJobs:
        """Work for later."""
        return StoredJobs(self._tx)

    @property
    def tokens(self) -> StoredTokens:
        """Links."""
        return StoredTokens(self._tx)

    @property
    def events(self) -> StoredEvents:
        """Text-free happenings."""
        return StoredEvents(self._tx)

    @property
    def courses(self) -> StoredCourses:
        """Courses of the Volkshochschulen."""
        return StoredCourses(self._tx)

    @property
    def registrations(self) -> StoredRegistrations:
        """Who wants which course."""
        return StoredRegistrations(self._tx)

    @property
    def proposals(self) -> StoredProposals:
        """Answers that are to become entries."""
        return StoredProposals(self._tx)

    @property
    def staff(self) -> StoredStaff:
        """People of the team."""
        return StoredStaff(self._tx)

    @property
    def door(self) -> StoredDoor:
        """How they get in."""
        return StoredDoor(self._tx)

    @property
    def notices(self) -> StoredNotices:
        """What they are to be told of."""
        return StoredNotices(self._tx)

    @property
    def audit(self) -> StoredAudit:
        """What they did."""
        return StoredAudit(self._tx)

    @property
    def groups(self) -> StoredGroups:
        """Groups of the team in a messenger."""
        return StoredGroups(self._tx)

    @property
    def mirror(self) -> StoredMirror:
        """What they were shown."""
        return StoredMirror(self._tx)

    async def held(self, contact: int) -> Held | None:
        """Return everything held about a contact."""
        return await erasing.held(self._tx, contact)

    async def erase(self, contact: int) -> Erased:
        """Delete every row of a contact and destroy its key; its files go after the commit."""
        return await erasing.erase_one(self._tx, contact)

    async def join(self, kept: int, other: int) -> None:
        """Make one contact of two that are the same person."""
        await joining.join(self._tx, self._folder, kept, other)

    async def purge(self, rules: Retention, now: datetime) -> int:
        """Delete by age; return how many rows went."""
        return await erasing.purge(self._tx, rules, now)
