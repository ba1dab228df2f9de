"""The test questions beside the knowledge: how many there are an entry and language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.knowledge.problem import Problem
from bot.knowledge.yamlfile import Findings, Page

TEST_QUESTIONS = Path("tests/questions")  # where they are in the program's own folder
NO_ENTRY = "_"  # _fallback.yaml: what must not be answered


@dataclass(frozen=True, slots=True)
class Asking:
    """counts: language -> entry -> how many test questions; problems: files that cannot be read."""

    counts: Mapping[str, Mapping[str, int]]
    problems: tuple[Problem, ...] = ()


def read_asking(folder: Path) -> Asking | None:
    """Return what is in `folder` (<language>/<entry>.yaml), None if there is no such folder."""
    if not folder.is_dir():
        return None
    findings = Findings()
    counts = {
        language.name: MappingProxyType(
            {
                path.stem: _count(path, folder, findings)
                for path in sorted(language.glob("*.yaml"))
                if not path.name.startswith(NO_ENTRY)
            }
        )
        for language in sorted(folder.iterdir())
        if language.is_dir()
    }
    return Asking(MappingProxyType(counts), tuple(findings.problems))


def _count(path: Path, folder: Path, findings: Findings) -> int:
    name = f"{folder.name}/{path.relative_to(folder)}"
    page = Page(name, path.read_text("utf-8"), findings, ("asking", name))
    return len(page.root(("questions",), ()).texts("questions"))
