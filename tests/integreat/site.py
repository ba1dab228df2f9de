"""An invented region in the shape in which Integreat's API tells its pages."""

import json
from typing import Any

HOST = "https://cms.example.org"
Page = dict[str, Any]

# path of the German page -> (English path, German title, English title, German HTML, English HTML)
PAGES: dict[str, tuple[str, str, str, str, str]] = {
    "/musterkreis/de/arbeit/": ("/musterkreis/en/work/", "Arbeit", "Work", "", ""),
    "/musterkreis/de/arbeit/kündigung/": (
        "/musterkreis/en/work/notice/",
        "Kündigung",
        "Handing in your notice",
        "<div><p><strong>Frist</strong></p><p>Die Kündigungsfrist beträgt vier Wochen.</p></div>",
        "<div><p><strong>Period</strong></p><p>The notice period is four weeks.</p></div>",
    ),
    "/musterkreis/de/arbeit/lohn/": (
        "/musterkreis/en/work/wages/",
        "Mindestlohn",
        "Minimum wage",
        "<p>Der Mindestlohn gilt f&#252;r fast alle.</p>",
        "<p>The minimum wage is for nearly all.</p>",
    ),
    "/musterkreis/de/alltag/": ("/musterkreis/en/daily-life/", "Alltag", "Daily life", "", ""),
    "/musterkreis/de/alltag/bücherei/": (
        "/musterkreis/en/daily-life/library/",
        "Bücherei",
        "Library",
        "<h3>Öffnungszeiten</h3><ul><li>Montag</li><li>Dienstag</li></ul>",
        "<h3>Opening hours</h3><ul><li>Monday</li><li>Tuesday</li></ul>",
    ),
}


def pages(language: str) -> list[Page]:
    """Return the pages in German or English; like the real ones, a parent's id matches nothing."""
    to_english = {path: told[0] for path, told in PAGES.items()}
    found = []
    for number, (german, (english, *told)) in enumerate(PAGES.items(), 1):
        path, other, title, html = (
            (german, ("en", english), told[0], told[2])
            if language == "de"
            else (english, ("de", german), told[1], told[3])
        )
        above = german[: german.rstrip("/").rindex("/") + 1]
        parent = {"de": above, "en": to_english.get(above)}[language] if above in PAGES else None
        found.append(page(path, title, html, parent, {other[0]: other[1]}, number))
    return found


def page(
    path: str,
    title: str,
    html: str,
    parent: str | None = None,
    siblings: dict[str, str] | None = None,
    number: int = 1,
    **other: object,
) -> Page:
    """Return one page."""
    told: Page = {
        "id": 1000 + number,
        "url": f"{HOST}{path}",
        "path": path,
        "title": title,
        "modified_gmt": "2026-03-05T07:00:00.000Z",
        "last_updated": f"2026-03-{number % 28 + 1:02}T09:00:00.586+02:00",
        "excerpt": "",
        "content": html,
        "parent": {"id": 7 if parent else 0, "url": None, "path": parent},
        "order": number,
        "available_languages": {
            code: {"id": 2000 + number, "url": f"{HOST}{there}", "path": there}
            for code, there in (siblings or {}).items()
        },
        "thumbnail": None,
        "organization": None,
        "hash": None,
        "embedded_offers": [],
    }
    return told | other


def as_json(found: object) -> bytes:
    """Return the answer's bytes."""
    return json.dumps(found).encode()
