"""The history of a knowledge folder that is a git work tree: each save is a commit in the editor's name."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.knowledge.history import BY_HAND, Content, Step

PATIENCE = 30  # seconds
FIELD, RECORD = "\x1f", "\x1e"
_ID = re.compile(r"[0-9a-f]{40,64}")
# Nothing of the machine's or the repository's settings may run a program or ask for a password.
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "core.quotePath=false")
_SELF = ("-c", "user.name=Lotse", "-c", "user.email=lotse@lotse.invalid")


class Worktree:
    """Commits and reads commits; raises OSError if git does not do it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def is_one(folder: Path) -> bool:
        """True if the folder itself is a work tree; one that lies in a program's own repository is not meant."""
        return (folder / ".git").exists()

    def prepare(self, files: Mapping[str, Content]) -> None:
        """Commit what was changed by hand in these files, so that the next commit holds only the editor's change."""
        self._commit([name for name, one in files.items() if one.before is not None], "", BY_HAND)

    def keep(self, files: Mapping[str, Content], editor: str, summary: str, at: datetime) -> str:
        """Commit these files."""
        self._commit(list(files), editor, summary)
        return self._git("rev-parse", "HEAD").strip()

    def steps(self, limit: int) -> Sequence[Step]:
        """Return the latest commits that are no merges."""
        if not self._has_commits():
            return ()
        form = f"--format={RECORD}%H{FIELD}%aI{FIELD}%an{FIELD}%s{FIELD}"
        told = self._git("log", "--no-merges", f"--max-count={limit}", "--name-only", form)
        return [_step(record) for record in told.split(RECORD)[1:]]

    def contents(self, id: str) -> Mapping[str, Content] | None:
        """Return the files of a commit, before and after."""
        if not _ID.fullmatch(id) or not self._has_commits():
            return None
        found = subprocess.run(  # noqa: S603 - a list, no shell; the id is checked
            self._call("merge-base", "--is-ancestor", id, "HEAD"), capture_output=True, timeout=PATIENCE
        )
        if found.returncode:
            return None
        told = self._git("diff-tree", "--root", "--no-commit-id", "--name-only", "-r", "-z", id)
        names = [name for name in told.split("\0") if name]
        return {name: Content(self._show(f"{id}^", name), self._show(id, name)) for name in names}

    def _commit(self, names: list[str], editor: str, summary: str) -> None:
        if not names:
            return
        self._git("add", "--all", "--force", "--", *names)
        if not self._git("diff", "--cached", "--name-only", "--", *names):
            return
        author = f"{_plain(editor) or 'Lotse'} <lotse@lotse.invalid>"
        self._git(
            "commit", "--quiet", "--no-verify", f"--author={author}", f"--message={summary}", "--", *names
        )

    def _show(self, commit: str, name: str) -> str | None:
        try:
            return self._git("show", f"{commit}:{name}")
        except OSError:
            return None

    def _has_commits(self) -> bool:
        try:
            self._git("rev-parse", "--verify", "--quiet", "HEAD")
        except OSError:
            return False
        return True

    def _git(self, *arguments: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell; names come from the folder
                self._call(*arguments), capture_output=True, timeout=PATIENCE, check=True
            )
        except subprocess.SubprocessError as error:
            raise OSError(f"git {arguments[0]}: {type(error).__name__}") from error
        return done.stdout.decode("utf-8", "replace")

    def _call(self, *arguments: str) -> list[str]:
        return ["git", "-C", str(self._folder), *_SAFE, *_SELF, *arguments]


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[<>\x00-\x1f]", " ", name).split())


def _step(record: str) -> Step:
    id, at, editor, summary, files = record.split(FIELD)
    own = "" if summary == BY_HAND else editor
    names = tuple(name for name in files.split("\n") if name)
    return Step(id, datetime.fromisoformat(at), own, summary, names)
