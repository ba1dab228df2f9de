"""Words for what the service carried out: a ticket with its number, the newcomer's data, the receipt of an erase."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.dialogue import attended
from bot.dialogue.registered import News, first_date, names, title
from bot.dialogue.turn import Scene
from bot.domain.course import Course
from bot.domain.held import Erased, Held
from bot.domain.message import Author, Choice, Outbound, StoredMessage
from bot.domain.registration import Registration
from bot.domain.ticket import Ticket, Waits
from bot.i18n import BERLIN, Texts, day, in_full, when
from bot.markup import escape, to_plain

DATA = "data"
CLOSED = "closed"  # the kind of the word that ends a ticket
MOST_SHOWN = 10  # messages in the chat
MOST_CHOICES = 9  # buttons: a list in WhatsApp holds ten
LONGEST_SHOWN = 160  # characters of each


def ticket_opened(scene: Scene, ticket: Ticket) -> Outbound:
    """Return the number, who will answer, and until when if that is known."""
    add = scene.button(f"add:{ticket.number}", "button.add")
    if ticket.promised_at is None:
        return scene.message("ticket.opened", add, kind="ticket", number=ticket.number)
    promised = when(ticket.promised_at, scene.texts.locale, scene.turn.at)
    return scene.message("ticket.opened_promise", add, kind="ticket", number=ticket.number, time=promised)


def ticket_added(scene: Scene, number: int) -> Outbound:
    """Confirm that the words were added."""
    return scene.message(
        "ticket.added", scene.button(f"add:{number}", "button.add"), kind="ticket", number=number
    )


def ticket_reopened(scene: Scene, number: int) -> Outbound:
    """Say that a closed question is open again, with the new words."""
    return scene.message("ticket.reopened", kind="ticket", number=number)


def passed_on(scene: Scene, number: int) -> Outbound:
    """Say once that a person reads what is written, and how to get the program back."""
    bot = scene.button(f"bot:{number}", "button.bot")
    return scene.message(
        "attended.added", bot, scene.button(f"done:{number}", "button.done"), kind="ticket", number=number
    )


def second_way_asked(scene: Scene) -> Outbound:
    """Ask for another way to the newcomer; nobody has to tell one."""
    return scene.message("second_way.ask", *attended.way_choices(scene), kind="question")


def attended_begins(texts: Texts, number: int) -> Outbound:
    """Say that a person is on it now and the program is silent."""
    bot = Choice(f"bot:{number}", texts.say("button.bot"))
    return Outbound(texts.say("attended.begins", number=number), texts.language, (bot,), kind="ticket")


def attended_ends(texts: Texts, number: int) -> Outbound:
    """Say that the program answers again while the question stays open."""
    add = Choice(f"add:{number}", texts.say("button.add"))
    return Outbound(texts.say("attended.back", number=number), texts.language, (add,), kind="ticket")


def ticket_closed(texts: Texts, number: int) -> Outbound:
    """Say that a question is closed and the program is back, and ask once whether the answer helped."""
    choices = (
        Choice(f"rate:{number}:yes", texts.say("button.helped"), "yes"),
        Choice(f"rate:{number}:no", texts.say("button.not_helped"), "no"),
    )
    return Outbound(texts.say("attended.closed", number=number), texts.language, choices, kind=CLOSED)


def ticket_merged(texts: Texts, number: int, other: int) -> Outbound:
    """Say that two questions belong together, and which number stays."""
    add = Choice(f"add:{number}", texts.say("button.add"))
    said = texts.say("ticket.merged", number=number, other=other)
    return Outbound(said, texts.language, (add,), kind="ticket")


def ticket_parted(texts: Texts, number: int, other: int) -> Outbound:
    """Say that they are two questions again."""
    said = texts.say("ticket.parted", number=number, other=other)
    return Outbound(said, texts.language, kind="ticket")


def ticket_late(texts: Texts, number: int) -> Outbound:
    """Return the honest word when the promised time has passed."""
    add = Choice(f"add:{number}", texts.say("button.add"))
    return Outbound(texts.say("ticket.late", number=number), texts.language, (add,), kind="ticket")


def answer_there(texts: Texts, number: int, entry: str, title: str) -> Outbound:
    """Say that what was asked once is answered now, and where."""
    choices = (Choice(f"entry:{entry}", texts.say("button.see_answer"), "yes"),)
    text = texts.say("ticket.answer_there", number=number, title=escape(title))
    return Outbound(text, texts.language, choices, kind="ticket")


def erased(scene: Scene, what: Erased) -> Outbound:
    """Return the receipt."""
    return scene.message(
        "erase.done",
        messages=what.messages,
        tickets=what.tickets,
        date=day(scene.turn.at.date()),
    )


def data_shown(scene: Scene, held: Held) -> Outbound:
    """Return all that is held, readable, with the same as JSON to keep."""
    document = json.dumps(as_json(held), ensure_ascii=False, indent=2)
    return Outbound(readable(held, scene), scene.texts.language, kind=DATA, document=document)


def course_gone(scene: Scene) -> Outbound:
    """Say that nobody can be registered for the course any more."""
    return scene.message("apply.course_gone", scene.button("courses", "button.other_courses"))


def calendar(scene: Scene, course: Course, file: str) -> Outbound:
    """Return the dates of a course as a file for the phone's calendar."""
    said = scene.message("calendar.text", course=title(course))
    return replace(said, document=file, document_kind="calendar")


def things(scene: Scene, tickets: Sequence[Ticket], registrations: Sequence[News]) -> Outbound:
    """Return the newcomer's questions and registrations, each with its state and the next step."""
    texts = scene.texts
    if not tickets and not registrations:
        return scene.message("things.none", scene.button("courses", "button.find_course"))
    parts: list[str] = []
    choices: list[Choice] = []
    if registrations:
        parts.append(f"**{texts.say('things.registrations')}**")
        parts += [_registration_line(scene, news) for news in registrations]
        active = dict.fromkeys(
            one.receipt for news in registrations for one in news.registrations if one.is_active
        )
        choices += [Choice(f"reg:withdraw:{n}", texts.say("button.withdraw_one", number=n)) for n in active]
    if tickets:
        parts.append(f"**{texts.say('things.tickets')}**")
        parts += [_ticket_line(scene, ticket) for ticket in tickets]
        choices += [
            Choice(f"add:{ticket.number}", texts.say("button.add_one", number=ticket.number))
            for ticket in tickets
            if ticket.is_open
        ]
        choices += [
            Choice(f"done:{ticket.number}", texts.say("button.done_one", number=ticket.number))
            for ticket in tickets
            if ticket.is_open and ticket.answered_at
        ]
    return Outbound("\n\n".join(parts), texts.language, tuple(choices[:MOST_CHOICES]), kind="things")


def _registration_line(scene: Scene, news: News) -> str:
    one = news.registrations[0]
    texts = scene.texts
    return texts.say(
        f"things.{one.state}",
        number=one.receipt,
        name=escape(names(news.registrations)),
        course=title(news.course),
        first=first_date(news.course, texts),
        until=in_full(news.until, texts.locale) if news.until else "–",
        before=news.before,
    )


def _ticket_line(scene: Scene, ticket: Ticket) -> str:
    return scene.texts.say(
        f"things.ticket_{_state(ticket, scene.turn.at)}",
        number=ticket.number,
        date=_date(ticket.opened_at),
        question=escape(_short(ticket.question)),
    )


def _state(ticket: Ticket, now: datetime) -> str:
    if not ticket.is_open:
        return "closed"
    if ticket.waits_for is Waits.NEWCOMER:
        return "answered"
    return "attended" if ticket.is_attended(now) else "open"


def failed(texts: Texts, number: int) -> Outbound:
    """Return the apology when a message could not be worked on; it is with the team now."""
    return Outbound(texts.say("failed.ticket", number=number), texts.language, kind="ticket")


def readable(held: Held, scene: Scene) -> str:
    """Return what is held as text for the newcomer; of many messages the last ones, the document has all."""
    texts, memory, knowledge = scene.texts, held.contact.conversation, scene.world.knowledge
    language = knowledge.languages.get(memory.language)
    town = knowledge.towns.get(memory.town)
    lines = [
        texts.say("data.intro", date=_date(held.since)),
        texts.say("data.language", value=language.name if language else "–"),
        texts.say("data.town", value=town.name if town else "–"),
        texts.say("data.messages", number=len(held.messages)),
    ]
    lines += [
        f"- {_time(line.at)} · {_who(line.author, texts)}: {escape(_short(_seen(line)) or '–')}"
        for line in [line for line in held.messages if line.body.kind != DATA][-MOST_SHOWN:]
    ]
    lines.append(texts.say("data.registrations", number=len(held.registrations)))
    lines += [
        f"- {one.receipt} · {_date(one.created_at)}: {escape(f'{one.person.given_name} {one.person.family_name}')}"
        for one in held.registrations
    ]
    lines.append(texts.say("data.tickets", number=len(held.tickets)))
    lines += [
        f"- {ticket.number} · {_date(ticket.opened_at)}: {escape(_short(ticket.question))}"
        for ticket in held.tickets
    ]
    if held.translations:
        engines = ", ".join(dict.fromkeys(one.engine for one in held.translations))
        lines.append(texts.say("data.translations", engine=engines, number=len(held.translations)))
    lines.append(texts.say("data.feedback", number=len(held.feedback)))
    lines += [f"- {_date(note.at)}: {escape(_short(note.text))}" for note in held.feedback]
    return "\n".join(lines)


def as_json(held: Held) -> dict[str, object]:
    """Return everything held as a JSON-ready dict with plain field names."""
    return {
        "guest": held.contact.guest,
        "since": held.since.isoformat(),
        "conversation": held.contact.conversation.to_dict(),
        "addresses": [
            {"channel": address.channel, "account": address.account, "id": address.id}
            for address in held.addresses
        ],
        "messages": [
            {
                "at": line.at.isoformat(),
                "author": line.author.value,
                "language": line.body.language,
                # What "my data" showed before is what stands here anyway; repeated, it would double each time.
                "text": "" if line.body.kind == DATA else line.body.words,
                **({"original": line.body.original} if line.body.original else {}),
                "delivery": line.delivery.value if line.delivery else None,
                "attachments": [{"kind": file.kind, "size": file.size} for file in line.attachments],
            }
            for line in held.messages
        ],
        "tickets": [
            {
                "number": ticket.number,
                "opened_at": ticket.opened_at.isoformat(),
                "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
                "answered_under": ticket.merged_into or ticket.number,
                "question": ticket.question,
                "added": list(ticket.lines),
                "language": ticket.language,
                "town": ticket.town,
                "matter": ticket.entry,
            }
            for ticket in held.tickets
        ],
        "registrations": [_registration_json(one) for one in held.registrations],
        "feedback": [
            {
                "at": note.at.isoformat(),
                "matter": note.entry,
                "language": note.language,
                "town": note.town,
                "text": note.text,
            }
            for note in held.feedback
        ],
        "notes_of_staff": [
            {"at": note.at.isoformat(), "ticket": note.ticket, "text": note.text} for note in held.notes
        ],
        "other_ways": list(held.second_ways),
        "masked_questions": list(held.examples),
        "translations": [
            {
                "at": one.at.isoformat(),
                "language": one.language,
                "engine": one.engine,
                "state": one.state.value,
                "text": one.text,
            }
            for one in held.translations
        ],
        "waiting": held.waiting,
    }


def _registration_json(one: Registration) -> dict[str, object]:
    told = one.application
    return {
        "receipt": one.receipt,
        "course": one.course,
        "state": one.state.value,
        "created_at": one.created_at.isoformat(),
        "given_name": one.person.given_name,
        "family_name": one.person.family_name,
        "age_group": one.person.age.value,
        "town": told.town,
        "reach": told.reach,
        "reads_latin": told.reads_latin.value,
        "level": told.level.value if told.level else None,
        "availability": list(told.availability),
        "childcare": told.childcare,
        "entitlement": told.entitlement.value,
        "consent": {
            "version": told.consent.version,
            "language": told.consent.language,
            "at": told.consent.at.isoformat(),
            "channel": told.consent.channel,
        },
        "reason": one.reason,
    }


def _date(moment: datetime) -> str:
    return day(moment.date())


def _time(moment: datetime) -> str:
    local = moment.astimezone(BERLIN)
    return f"{day(local.date())} {local:%H:%M}"


def _short(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"


def _who(author: Author, texts: Texts) -> str:
    return texts.say(f"author.{author.value}")


def _seen(line: StoredMessage) -> str:
    """Return the words as they were seen: what we send is Markdown, what a newcomer typed is not."""
    return line.body.words if line.author is Author.NEWCOMER else to_plain(line.body.words)


def _one_line(text: str) -> str:
    return " ".join(text.split())
