"""Where a long German office word may be parted at the end of a line: no phone parts it well by itself.

Browsers hyphenate only what is marked as German, and only if they have its rules; these words stand in every language.
"""

import re
from typing import Final

# A word is parted before its last part, of those that our answers have.
LAST_PARTS: Final = (
    "abrechnung|abschluss|agentur|androhung|anerkennung|angehörigkeit|antrag|ausweis|beauftragte|behörde|belehrung|"
    "beratung|bescheinigung|bestätigung|dienst|einrichtung|erlaubnis|gefährdung|geld|gesetz|gespräch|gestattung|kurs|"
    "leistung|qualifizierung|schein|stelle|technik|unterkunft|verhältnis|versicherung|vorschuss|zentrum|zeugnis|"
    "zusammenführung"
)
SOFT_HYPHEN: Final = "\u00ad"
# Shorter words fit into a line of 320 pixels. What stands in an address or between < and > is no word.
_LONG = re.compile(
    rf"<[^>]*>|(?<![\w./@-])([^\W\d_]{{8,}}?)((?:{LAST_PARTS})(?:en|es|e|n|r|s)?)(?![\w/@-]|\.\w)",
    re.IGNORECASE,
)
LONGEST_WHOLE: Final = 18  # letters


def parted(html: str) -> str:
    """Return HTML whose long German words have a soft hyphen before their last part."""
    return _LONG.sub(_part, html)


def _part(found: re.Match[str]) -> str:
    if found[1] is None or len(found[1] + found[2]) <= LONGEST_WHOLE:
        return found[0]
    return f"{found[1]}{SOFT_HYPHEN}{found[2]}"
