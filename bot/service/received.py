"""Opens a file that a newcomer sent, for staff: fetched when somebody looks, kept encrypted, the look written down."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.message import Attachment, StoredMessage
from bot.domain.received import ENDINGS, LARGEST, media_type, obstacle
from bot.service.ports import Clock, Conflict, Files, SendError, Source, Store, TooLarge
from bot.service.refusals import NoSuchTicket

OURS = "file:"  # how a reference of the file store begins
OPENED = "file.opened"


class NotOpened(Exception):
    """A file is not given out; `why`: empty, type, large, gone, or trouble (the messenger does not answer)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to hand over. media_type is one of ours, never what the newcomer's device said."""

    name: str
    media_type: str
    content: bytes


class ReceivedFiles:
    """The use case. `sources`: the messengers that keep files; each says of a foreign one that it is gone."""

    def __init__(self, store: Store, files: Files, sources: Sequence[Source], clock: Clock) -> None:
        self._store = store
        self._files = files
        self._sources = sources
        self._clock = clock

    async def open(self, number: int, line: StoredMessage, no: int, staff: int) -> Opened:
        """Return the file at place `no` of a message that stands at a ticket; raise NotOpened, NoSuchTicket.

        It is fetched before it is written down that somebody looked, and given out only after that.
        """
        if not 0 <= no < len(line.attachments):
            raise NotOpened("gone")
        file = line.attachments[no]
        if why := obstacle(file):
            raise NotOpened(why)
        async with self._store.read() as unit:
            ticket = await unit.tickets.get(number)
        if ticket is None:
            raise NoSuchTicket
        content, reference = await self._content(ticket.contact, file)
        now = self._clock.now()
        async with self._store.write() as unit:
            await unit.messages.keep_file(ticket.contact, line.id, no, reference)
            await unit.audit.note(staff, OPENED, f"ticket:{number}:{line.id}", now)
        kind = media_type(file)
        return Opened(f"{number}-{line.id}-{no + 1}.{ENDINGS[kind]}", kind, content)

    async def _content(self, contact: int, file: Attachment) -> tuple[bytes, str]:
        """Return the content, and the reference under which our own store has it."""
        if file.reference.startswith(OURS):
            kept = await self._files.get(contact, file.reference)
            if kept is None:
                raise NotOpened("gone")
            return kept, file.reference
        content = await self._fetch(file.reference)
        try:
            return content, await self._files.put(contact, content)
        except TooLarge:
            raise NotOpened("large") from None
        except Conflict:  # erased while it was fetched
            raise NotOpened("gone") from None

    async def _fetch(self, reference: str) -> bytes:
        why = "gone"
        for source in self._sources:
            try:
                return await source.file(reference, LARGEST)
            except TooLarge:
                raise NotOpened("large") from None
            except SendError as error:
                why = why if error.permanent else "trouble"
        raise NotOpened(why)
