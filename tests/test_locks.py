"""The lock files: complete, pinned, hashed, in step with one another and free of addresses."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def blocks(lock: str) -> list[str]:
    """Return the lock's requirements, each with its continuation lines, without comments."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"))
    return [block for block in re.split(r"\n(?=\S)", text.strip()) if block]


def pins(lock: str) -> dict[str, Version]:
    """Return the version of each package that the lock names."""
    found: dict[str, Version] = {}
    for block in blocks(lock):
        name, version = re.match(r"([\w.-]+)==([\w.+!-]+)", block).groups()  # type: ignore[union-attr]
        assert name not in found, f"{lock}: {name} is there twice"
        found[canonicalize_name(name)] = Version(version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_one_exact_version_with_hashes(lock: str) -> None:
    whole = re.compile(r"[\w.-]+==[\w.+!-]+(?: ; [^\\\n]+)?(?: \\\n +--hash=sha256:[0-9a-f]{64})+")
    assert blocks(lock)
    assert [block.splitlines()[0] for block in blocks(lock) if not whole.fullmatch(block)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_is_in_it(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links| @ ", text)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        # The image runs on either database, so the runtime lock has the postgres extra too.
        ("requirements.lock", [*PROJECT["dependencies"], *EXTRAS["postgres"]]),
        ("requirements-dev.lock", [*PROJECT["dependencies"], *EXTRAS["postgres"], *EXTRAS["dev"]]),
    ],
)
def test_what_the_project_asks_for_is_in_it(lock: str, wanted: list[str]) -> None:
    locked = pins(lock)
    unmet = []
    for requirement in map(Requirement, wanted):
        version = locked.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            unmet.append(str(requirement))
    assert unmet == [], f"make {lock} anew: its first lines say how"


def test_the_dev_lock_is_a_superset_with_equal_versions() -> None:
    dev = pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_no_development_tool_is_in_the_runtime_lock() -> None:
    tools = {canonicalize_name(Requirement(each).name) for each in EXTRAS["dev"]}
    assert tools & set(pins("requirements.lock")) == set()


def test_what_is_installed_lacks_nothing_that_it_needs() -> None:
    # The lock is installed as it stands (`--no-deps`), so it alone must be whole.
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
