"""Words a letter to somebody of the team: numbers and links, never what a newcomer wrote, nor who they are."""

from collections.abc import Sequence

from bot.domain.notice import Cause, Notice, Reach
from bot.i18n import Texts
from bot.service.ports import Letter

MOST = 30  # numbers of a kind; whoever has more looks at the list


def write(texts: Texts, reach: Reach, notices: Sequence[Notice], origin: str) -> Letter:
    """Return a letter about these, at least one, in the order of causes."""
    parts = [part for cause in Cause if (part := _part(texts, cause, notices, origin))]
    parts.append(texts.say("notice.end", account=f"{origin}/staff/account"))
    last = max(notices, key=lambda one: one.id)
    subject = texts.say(f"notice.subject.{_first(notices)}", count=_count(notices))
    return Letter(reach.address, subject, "\n\n".join(parts), f"{reach.staff}.{last.id}")


def _part(texts: Texts, cause: Cause, notices: Sequence[Notice], origin: str) -> str:
    mine = [one for one in notices if one.cause is cause]
    if not mine:
        return ""
    lines = [texts.say(f"notice.part.{cause.value}", count=len(mine))]
    lines += [f"{one.ticket}: {origin}/staff/tickets/{one.ticket}" for one in mine[:MOST] if one.ticket]
    if len(mine) > MOST:
        lines.append(f"… {origin}/staff/tickets")
    return "\n".join(lines)


def _first(notices: Sequence[Notice]) -> str:
    return next(cause.value for cause in Cause if any(one.cause is cause for one in notices))


def _count(notices: Sequence[Notice]) -> int:
    first = _first(notices)
    return sum(one.cause.value == first for one in notices)
