"""A small knowledge folder of invented facts, and ways to spoil it."""

from pathlib import Path

from bot.knowledge.files import Reading, load, read
from bot.knowledge.model import Knowledge

LANGUAGES = """\
de: {name: Deutsch, locale: de}
en: {name: English, locale: en_GB, fallback: [de]}
ar: {name: العربية, locale: ar, rtl: "true", fallback: [en, de], aliases: [ar-SY]}
"""
PLACES = """\
police:
  name: Polizei
  phone: "110"
  hours: 24/7
  hours_of: phone
  cost: free
  source: {name: Gesetz}
  verified_on: "2026-11-01"
  status: verified
town-hall:
  name: Rathaus *Mitte*
  address: "Markt 1, 48249 Dülmen"
  phone: "02594 12-0"
  email: post@example.org
  url: https://example.org/rathaus/
  hours: "Mo-Fr 08:00-12:00,14:00-16:00"
  appointment: "true"
  note: {de: Eingang hinten., en: Use the back door.}
  check: [hours]
  source: {name: example.org, url: https://example.org}
  verified_on: "2026-11-01"
  status: verified
vhs-nord:
  name: VHS Nord
  source: {name: example.org}
  verified_on: "2026-11-01"
  status: general
"""
TOWNS = """\
regions:
  kreis:
    name: Kreis
    roles: {residents-office: town-hall}
towns:
  nordstadt:
    name: Nordstadt
    region: kreis
    spellings: [Nordstat, نوردشتات]
    parts: [Hafen]
    roles: {vhs: vhs-nord}
    unsure_roles: [vhs]
"""
ENTRIES = """\
areas:
  emergency: {de: Notfall, en: Emergency, ar: طوارئ}
  arrival: {de: Ankommen, en: Arriving, ar: الوصول}
entries:
  emergency-call:
    area: emergency
    importance: required
    places: [police]
    reviewed: "2026-11-01"
    revision: "1"
  register-address:
    area: arrival
    importance: required
    roles: [residents-office, vhs]
    source: {name: example.org, url: https://example.org/anmeldung}
    reviewed: "2026-11-01"
    revision: "2"
    then: handoff
    related: [emergency-call]
"""
CRISIS = """\
emergency-call:
  rank: "1"
  places: [police]
  cards:
    de: |
      **Sofort {police.phone} anrufen!**

      Legen Sie nicht auf.
    en: "**Call {police.phone} now!**"
    ar: "**اتصل الآن: {police.phone}**"
  words:
    de:
      - einbrecher haus|wohnung|
      - hilf* schnell ~hausaufgaben
    en: [burglar]
"""
TEAMS = """\
social-care: {name: Soziale Betreuung, towns: [all], matters: [all]}
office:
  name: Büro
  towns: [nordstadt]
  matters: [arrival]
  hours: Mo-Fr 08:00-16:00
  promise_hours: "8"
  absences:
    - {from: "2026-12-28", to: "2026-12-31"}
"""
EMERGENCY_DE = """\
---
title: Notruf
short: Notruf
revision: "1"
questions:
  - Wie rufe ich die Polizei?
---
Rufen Sie {police.phone} an.
"""
ADDRESS_DE = """\
---
title: Wohnsitz anmelden
short: Anmeldung
revision: "2"
questions:
  - Wo melde ich meine Adresse an?
  - "Anmeldung: wohin?"
---
**Gehen Sie ins Rathaus.**

- Nehmen Sie Ihren Ausweis mit.
- Fragen? {town-hall.phone} oder {town-hall.email}
"""
ADDRESS_AR = """\
---
title: تسجيل العنوان
short: تسجيل العنوان
revision: "2"
translation: machine
questions:
  - أين أسجل عنواني؟
---
اذهب إلى {town-hall.name} (Rathaus)، هاتف {town-hall.phone}.
"""
ADDRESS_EN = """\
---
questions:
  - Where do I register my address?
---
"""
FILES = {
    "languages.yaml": LANGUAGES,
    "places.yaml": PLACES,
    "towns.yaml": TOWNS,
    "entries.yaml": ENTRIES,
    "crisis.yaml": CRISIS,
    "teams.yaml": TEAMS,
    "de/emergency-call.md": EMERGENCY_DE,
    "de/register-address.md": ADDRESS_DE,
    "ar/register-address.md": ADDRESS_AR,
    "en/register-address.md": ADDRESS_EN,
}


def sample_folder(tmp_path: Path) -> Path:
    """Write the folder and return its path; it loads without a problem."""
    folder = tmp_path / "knowledge"
    for name, text in FILES.items():
        write(folder, name, text)
    return folder


def write(folder: Path, name: str, text: str) -> Path:
    """Write one file, making its folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = (folder / name).read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    write(folder, name, text.replace(old, new))


def told(folder: Path) -> list[str]:
    """Return what reading the folder brings, as lines."""
    return lines(read(folder))


def lines(reading: Reading) -> list[str]:
    """Return the problems of a reading as lines."""
    return [str(problem) for problem in reading.problems]


def sample(tmp_path: Path) -> Knowledge:
    """Return the sample's knowledge."""
    return load(sample_folder(tmp_path))
