"""Writes a course's dates as a calendar file: one event a meeting, in the time of Berlin."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from bot.domain.course import Listed, Meeting, Venue
from bot.i18n import BERLIN

PRODUCT = "-//Lotse//Deutschkurse//DE"
UNTOLD_LENGTH = timedelta(hours=1)  # a calendar needs an end


def calendar(listed: Listed, at: datetime) -> str:
    """Return the file as it is written at a moment.

    Without meetings the first day is the only event, without that there is none. The same meeting has the same UID each
    time: a phone that gets the file again moves its events.
    """
    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    meetings = listed.meetings or ((Meeting(listed.starts),) if listed.starts else ())
    for index, meeting in enumerate(meetings, 1):
        file.add_component(_event(listed, meeting, index, at))
    if meetings:
        file.add_missing_timezones(first_date=meetings[0].day, last_date=meetings[-1].day)
    written: bytes = file.to_ical()
    return written.decode()


def _event(listed: Listed, meeting: Meeting, index: int, at: datetime) -> Event:
    event = Event()
    # The source, too: two Volkshochschulen may have the same number.
    event.add("uid", f"{listed.source}-{listed.key}-{index}@lotse")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("summary", listed.title)
    if place := _place(listed.venue):
        event.add("location", place)
    if listed.number:
        event.add("description", f"VHS-Kurs {listed.number}")
    if listed.url:
        event.add("url", listed.url)
    if listed.cancelled:
        event.add("status", "CANCELLED")
    for name, value in zip(("dtstart", "dtend"), _span(meeting), strict=True):
        event.add(name, value)
    return event


def _span(meeting: Meeting) -> tuple[object, object]:
    """Return begin and end: of a day, if no times are told."""
    if meeting.begins is None:
        return meeting.day, meeting.day + timedelta(days=1)
    begins = datetime.combine(meeting.day, meeting.begins, BERLIN)
    ends = datetime.combine(meeting.day, meeting.ends, BERLIN) if meeting.ends else begins + UNTOLD_LENGTH
    return begins, ends


def _place(venue: Venue) -> str:
    town = " ".join(part for part in (venue.postcode, venue.town) if part)
    return ", ".join(part for part in (venue.name, venue.street, town) if part)
