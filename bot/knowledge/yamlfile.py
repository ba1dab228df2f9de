"""Reads YAML so that every value is text and every mistake has a line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.knowledge.problem import Mark, Problem, Severity, suggestion
from bot.knowledge.yamltree import compose

STRING = "tag:yaml.org,2002:str"
NULL = "tag:yaml.org,2002:null"
READ_AS = {
    "tag:yaml.org,2002:int": "als Zahl",
    "tag:yaml.org,2002:float": "als Kommazahl",
    "tag:yaml.org,2002:bool": "als Ja/Nein-Wert",
    "tag:yaml.org,2002:timestamp": "als Datum",
}
IS_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
IS_NUMBER = re.compile(r"[0-9]{1,6}")

# What the YAML reader says -> what to tell an editor. The first that fits wins.
SYNTAX = (
    ("cannot start any token", "Hier steht ein Zeichen, mit dem ein Text nicht beginnen darf. {quote}"),
    (
        "mapping values are not allowed",
        "Hier steht ein Doppelpunkt mitten im Text, oder die Einrückung stimmt nicht. {quote}",
    ),
    ("unexpected end of stream", "Ein Anführungszeichen, das hier beginnt, wird nicht wieder geschlossen."),
    (
        "unexpected document separator",
        "Ein Anführungszeichen, das hier beginnt, wird nicht wieder geschlossen.",
    ),
    (
        "expected ',' or",
        "Eine Klammer, die hier beginnt, wird nicht geschlossen, oder zwischen zwei Angaben fehlt ein Komma.",
    ),
    ("expected the node content", "Hier steht eine schließende Klammer zu viel. {quote}"),
    (
        "expected <block end>",
        (
            "Die Einrückung passt nicht zu den Zeilen darüber. Rücken Sie Zeilen, die zusammengehören, gleich"
            " weit ein."
        ),
    ),
    ("could not find expected ':'", "Hier fehlt ein Doppelpunkt nach dem Namen der Angabe."),
    ("another document", "Eine Zeile mit drei Strichen (---) gehört nicht hierher. Löschen Sie sie."),
    (
        "maximum depth",
        "Hier sind zu viele Klammern oder Einrückungen ineinander. Vergleichen Sie mit den Zeilen daneben.",
    ),
    ("undefined alias", "Ein Text darf nicht mit * beginnen. {quote}"),
    (
        "unknown escape character",
        "Der umgekehrte Schrägstrich \\ ist hier nicht erlaubt. Löschen oder verdoppeln Sie ihn.",
    ),
)
QUOTE = "Setzen Sie den ganzen Text in Anführungszeichen."


@dataclass(slots=True)
class Findings:
    """Collects problems and where every value stands, while the files are read.

    marks: path of a value -> where it stands; paths are like ("places", "police", "phone"),
    ("texts", "de", "register-address", "short").
    """

    problems: list[Problem] = field(default_factory=list)
    marks: dict[tuple[str, ...], Mark] = field(default_factory=dict)

    def error(self, mark: Mark, message: str) -> None:
        """Note something that keeps the files from being used."""
        self.problems.append(Problem.at(mark, message))

    def warning(self, mark: Mark, message: str) -> None:
        """Note something that should be mended."""
        self.problems.append(Problem.at(mark, message, Severity.WARNING))


@dataclass(frozen=True, slots=True)
class Page:
    """YAML in a file with `offset` lines above it; a `text` of None could not be read, which is noted."""

    file: str
    text: str | None
    findings: Findings
    path: tuple[str, ...]
    offset: int = 0
    comments: bool = True  # False: a "#" would cut off an editor's words unseen, so it is warned of

    def mark(self, node: Node) -> Mark:
        """Return where a node begins."""
        return Mark(self.file, node.start_mark.line + 1 + self.offset, node.start_mark.column + 1)

    def root(self, required: Iterable[str] = (), optional: Iterable[str] | None = None) -> "Section":
        """Parse the page; whatever is wrong is noted, and the section is empty then."""
        return Section(self, self._parse(), self.path, required, optional)

    def readable(self) -> bool:
        """True if there are `key: value` lines to read; noted otherwise."""
        root = self.root()
        return root.node is not None

    def _parse(self) -> Node | None:
        if self.text is None:
            return None
        tabs = [number for number, line in enumerate(self.text.split("\n"), 1) if re.match(r" *\t", line)]
        for number in tabs:
            mark = Mark(self.file, number + self.offset, 1)
            self.findings.error(
                mark, "Die Zeile beginnt mit einem Tabulator. Ersetzen Sie ihn durch Leerzeichen."
            )
        if tabs:
            return None
        try:
            node = compose(self.text)
        except YAMLError as error:
            self.findings.error(*self._explain(error))
            return None
        if node is None:
            self.findings.error(
                Mark(self.file, self.offset), "Hier stehen keine Angaben. Füllen Sie die Datei aus."
            )
        return node

    def _explain(self, error: YAMLError) -> tuple[Mark, str]:
        if not isinstance(error, MarkedYAMLError):
            return (
                Mark(self.file),
                "Die Datei enthält ein Zeichen, das nicht gelesen werden kann. Schreiben Sie sie neu.",
            )
        problem = error.problem or ""
        begun = "quoted" in (error.context or "") or "expected ',' or" in problem
        mark = (error.context_mark if begun else None) or error.problem_mark or error.context_mark
        place = Mark(self.file, mark.line + 1 + self.offset, mark.column + 1) if mark else Mark(self.file)
        for said, text in SYNTAX:
            if said in problem:
                return place, text.format(quote=QUOTE)
        return (
            place,
            f"Diese Zeile lässt sich nicht lesen. Vergleichen Sie sie mit den Zeilen daneben. {QUOTE}",
        )


class Section:
    """A block of `key: value` lines; each getter notes what is wrong and returns an empty value instead.

    required, optional: the keys that may stand here; optional=None allows any key (a list of ids).
    """

    def __init__(
        self,
        page: Page,
        node: Node | None,
        path: tuple[str, ...],
        required: Iterable[str] = (),
        optional: Iterable[str] | None = None,
    ) -> None:
        self.page = page
        self.path = path
        self.mark = page.mark(node) if node is not None else Mark(page.file, page.offset)
        self._values: dict[str, Node] = {}
        self._keys: dict[str, Mark] = {}
        self.node = node if node is not None and self._is_map(node) else None
        if not isinstance(self.node, MappingNode):
            return
        required = tuple(required)
        self._take(self.node, None if optional is None else (*required, *optional))
        for key in required:
            if key not in self._values:
                self.error(f"Die Angabe '{key}' fehlt. Ergänzen Sie eine Zeile '{key}: …'.")

    def error(self, message: str, key: str = "") -> None:
        """Note an error at a key's value, or at the section."""
        self.page.findings.error(self.mark_of(key), message)

    def mark_of(self, key: str) -> Mark:
        """Return where the value of `key` stands; where the key does if empty, the section if missing."""
        if key not in self._values:
            return self.mark
        return self.page.mark(self._values[key]) if self._values[key].value else self._keys[key]

    def text_mark(self, key: str) -> Mark:
        """Return where the first letter of the text of `key` stands: below the line that ends with | or >."""
        mark = self.mark_of(key)
        style = getattr(self._values.get(key), "style", None)
        return Mark(mark.file, mark.line + 1, 1) if style in ("|", ">") else mark

    def check_key(self, key: str, known: Iterable[str], what: str) -> None:
        """Note a key that is no known id."""
        self._known(key, self._keys[key], tuple(known), what)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys in the file's order."""
        return iter(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str) -> str:
        """Return the text of `key` on one line; "" if it is missing or wrong."""
        return " ".join(self.lines(key).split())

    def lines(self, key: str) -> str:
        """Return the text of `key` with its line breaks; "" if it is missing or wrong."""
        if key not in self._values:
            return ""
        return self._string(self._values[key], self.mark_of(key), f"'{key}'", f"{key}: ")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts of `key`."""
        if key not in self._values:
            return ()
        return tuple(text for text, _ in self.marked_texts(key))

    def marked_texts(self, key: str) -> list[tuple[str, Mark]]:
        """Return the list of texts of `key`, each with its position."""
        node = self._values.get(key)
        if node is None or not self._is_list(node, key):
            return []
        what = f"Ein Punkt in '{key}'"
        marked = [(item, self.page.mark(item)) for item in node.value]
        read = [(self._string(item, mark, what), mark) for item, mark in marked]
        kept = [(" ".join(text.split()), mark) for text, mark in read if text]
        for number, (_, mark) in enumerate(kept):
            self.page.findings.marks[(*self.path, key, str(number))] = mark
        return kept

    def ids(self, key: str, known: Iterable[str], what: str) -> tuple[str, ...]:
        """Return the list of ids of `key`; unknown ones are noted and left out."""
        known = tuple(known)
        return tuple(text for text, mark in self.marked_texts(key) if self._known(text, mark, known, what))

    def id(self, key: str, known: Iterable[str], what: str) -> str:
        """Return the id at `key`, "" if it is missing or unknown."""
        text = self.text(key)
        return text if text and self._known(text, self.mark_of(key), tuple(known), what) else ""

    def choice(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        """Return one of the allowed words, `default` if the key is missing or wrong."""
        text = self.text(key)
        if not text or text in allowed:
            return text or default
        self.error(f"'{key}' ist '{text}'. Möglich sind: {', '.join(allowed)}.", key)
        return default

    def flag(self, key: str) -> bool:
        """Return True for "true"; False for "false" or a missing key."""
        return self.choice(key, ("true", "false"), "false") == "true"

    def number(self, key: str) -> int:
        """Return a whole number of at least 0, 0 if missing or wrong."""
        text = self.text(key)
        if not text:
            return 0
        if not IS_NUMBER.fullmatch(text):
            self.error(
                f"'{key}' ist '{text}'. Hier gehört eine ganze Zahl in Anführungszeichen hin, zum Beispiel"
                ' "1".',
                key,
            )
            return 0
        return int(text)

    def day(self, key: str) -> date:
        """Return a date written as 2026-11-21; date.min if missing or wrong."""
        text = self.text(key)
        if not text:
            return date.min
        try:
            if IS_DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.error(
            f"'{key}' ist '{text}'. Schreiben Sie das Datum als \"Jahr-Monat-Tag\", zum Beispiel"
            ' "2026-11-21".',
            key,
        )
        return date.min

    def by_key(self) -> Mapping[str, str]:
        """Return key -> text on one line, for blocks whose values are all texts."""
        return MappingProxyType({key: text for key in self if (text := self.text(key))})

    def section(
        self, key: str, required: Iterable[str] = (), optional: Iterable[str] | None = None
    ) -> "Section":
        """Return the block below `key`; an empty one if it is missing or wrong."""
        return Section(self.page, self._values.get(key), (*self.path, key), required, optional)

    def sections(
        self, required: Iterable[str] = (), optional: Iterable[str] | None = None
    ) -> Iterator[tuple[str, "Section"]]:
        """Yield every key with the block below it."""
        for key in self:
            yield key, self.section(key, required, optional)

    def items(self, key: str, required: Iterable[str] = (), optional: Iterable[str] = ()) -> list["Section"]:
        """Return the blocks of a list of blocks."""
        node = self._values.get(key)
        if node is None or not self._is_list(node, key):
            return []
        return [
            Section(self.page, item, (*self.path, key, str(number)), required, optional)
            for number, item in enumerate(node.value)
        ]

    def _take(self, node: MappingNode, allowed: tuple[str, ...] | None) -> None:
        for key_node, value in node.value:
            key = self._key(key_node)
            if not key:
                continue
            mark = self.page.mark(key_node)
            if key in self._values:
                first = self._keys[key].line
                self._note(
                    mark, f"'{key}' steht schon in Zeile {first}. Löschen Sie eine der beiden Angaben."
                )
            elif allowed is not None and key not in allowed:
                self._note(mark, f"Die Angabe '{key}' gibt es hier nicht.{suggestion(key, allowed)}")
            else:
                self._values[key] = value
                self._keys[key] = mark
                below = value.start_mark.line > key_node.start_mark.line
                self.page.findings.marks[(*self.path, key)] = mark if below else self.page.mark(value)

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            self._note(self.page.mark(node), "Vor dem Doppelpunkt muss ein einfacher Name stehen.")
            return ""
        return self._string(node, self.page.mark(node), "Ein Name vor dem Doppelpunkt")

    def _is_map(self, node: Node) -> bool:
        if self._has_anchor(node):
            return False
        if isinstance(node, MappingNode):
            return True
        where = f"Unter '{self.path[-1]}'" if self.path != self.page.path else "Hier"
        self._note(
            self.page.mark(node), f"{where} werden Zeilen der Form 'name: Wert' erwartet. {_found(node)}"
        )
        return False

    def _is_list(self, node: Node, key: str) -> bool:
        if self._has_anchor(node):
            return False
        if isinstance(node, SequenceNode):
            return True
        self._note(
            self.page.mark(node),
            f"'{key}' soll eine Liste sein: Schreiben Sie jeden Punkt in eine eigene Zeile, mit Strich und"
            " Leerzeichen davor.",
        )
        return False

    def _string(self, node: Node, mark: Mark, what: str, before: str = "") -> str:
        """Return a node's text; of what YAML would take for a number too, so that one slip is told once."""
        if self._has_anchor(node):
            return ""
        if not isinstance(node, ScalarNode):
            hint = f"Steht ein Doppelpunkt oder eine Klammer im Text? {QUOTE}"
            self._note(mark, f"{what} soll ein Text sein. {_found(node)} {hint}")
            return ""
        tag = node.tag
        if tag == NULL or not node.value.strip():
            self._note(mark, f"{what} ist leer. Tragen Sie etwas ein oder löschen Sie die Zeile.")
        elif tag != STRING:
            read_as = READ_AS.get(tag or "", "als Sonderzeichen")
            unquoted = f"{what} ist {node.value} ohne Anführungszeichen und würde {read_as} gelesen."
            self._note(mark, f'{unquoted} Schreiben Sie: {before}"{node.value}"')
        else:
            self._warn_of_comment(node, what)
        return str(node.value).strip()

    def _warn_of_comment(self, node: ScalarNode, what: str) -> None:
        if self.page.comments or node.style:
            return
        rest = (self.page.text or "").split("\n")[node.end_mark.line][node.end_mark.column :]
        if rest.lstrip().startswith("#"):
            self.page.findings.warning(
                self.page.mark(node),
                f"{what}: Alles nach dem Zeichen # wird nicht gelesen. Gehört es zum Text? {QUOTE}",
            )

    def _has_anchor(self, node: Node) -> bool:
        """Anchors would let one part of a file mean another, even itself: an editor's & or * is a slip."""
        if node.anchor is None:
            return False
        self._note(self.page.mark(node), f"Ein Text darf nicht mit & oder * beginnen. {QUOTE}")
        return True

    def _known(self, text: str, mark: Mark, known: tuple[str, ...], what: str) -> bool:
        if text in known:
            return True
        self._note(mark, f"{what} '{text}' gibt es nicht.{suggestion(text, known)}")
        return False

    @property
    def _note(self) -> Callable[[Mark, str], None]:
        return self.page.findings.error


def _found(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return "Hier steht eine Liste."
    if isinstance(node, MappingNode):
        return "Hier steht ein Block mit eigenen Angaben."
    return f"Hier steht '{node.value}'." if node.value else "Hier steht nichts."
