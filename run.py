"""Starts Lotse on a bare Python: makes `.venv` beside this file, installs the locked packages, hands over.

    python3 run.py                  the bot (the same as `run`)
    python3 run.py COMMAND ...      a command of the bot: everything is passed to `python -m bot`
    python3 run.py test ...         the tests: everything after `test` is passed to pytest

Only the standard library is used, in syntax that Python 3.7 can read: an older Python must get as far as the
message that says which one is needed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import platform
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
MINIMUM = (3, 11)
RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
# Which locks an install leaves satisfied: the dev lock is a superset of the runtime lock with equal versions
# (tests/test_locks.py), so that going from `test` to `run` installs nothing.
SATISFIES = {RUNTIME_LOCK: (RUNTIME_LOCK,), DEV_LOCK: (RUNTIME_LOCK, DEV_LOCK)}
STAMP = "lotse-install.json"
# numpy's threads: matrix products here are small, and spinning threads would take the machine's other cores.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}

# The lines of pip's output that begin a package: its name, or the file it was found in.
LOOKED_AT = r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)|Processing \S*/([\w.]+)-"

# What an installer's output says went wrong -> what the operator can do. The first match counts.
FAILURES = (
    (
        r"No space left on device|Errno 28\b|os error 28\b",
        "The disk is full. About 500 MB are needed in {root} and in the temporary folder: free some space "
        "and start again.",
    ),
    (
        r"HASHES.*DO NOT MATCH|DO NOT MATCH THE HASHES|Hash mismatch",
        "A downloaded package is not the one that was locked. Do not go round this: start again, and if it "
        "stays, ask whoever runs your package mirror.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|invalid peer certificate",
        "The package index's certificate was not accepted. Behind a filtering proxy, name its certificate: "
        "`export PIP_CERT=/path/to/ca.pem` (for uv: SSL_CERT_FILE), and start again.",
    ),
    (
        r"NewConnectionError|ConnectTimeout|Temporary failure in name resolution|Name or service not known|"
        r"Connection refused|Network is unreachable|Read timed out|ProxyError|Max retries exceeded|"
        r"error sending request|dns error|Failed to fetch|No matching distribution found for",
        "The package index could not be reached. The first start needs the internet or a package mirror: "
        "check the connection, or set HTTPS_PROXY or PIP_INDEX_URL (for uv: UV_INDEX_URL), and start again. "
        "Later starts need no network.",
    ),
)


class SetupError(Exception):
    """The environment cannot be made; the text says what failed and what to do."""


class Plan(NamedTuple):
    """What to start, and the lock that must be installed for it."""

    lock: str
    module: str
    arguments: tuple[str, ...]


class Interpreter(NamedTuple):
    """A Python that the environment can be made with."""

    executable: str
    version: tuple[int, int]
    identity: str


# --- what to start


def plan(arguments: Sequence[str]) -> Plan:
    """Route the command line: `test` to pytest, everything else to the bot, nothing to the bot's `run`."""
    if arguments and arguments[0] == "test":
        return Plan(DEV_LOCK, "pytest", tuple(arguments[1:]))
    return Plan(RUNTIME_LOCK, "bot", tuple(arguments) or ("run",))


def start_environment(given: Mapping[str, str], root: Path = ROOT) -> dict[str, str]:
    """Return `given` with `root` first on PYTHONPATH and the thread settings that are not set yet."""
    paths = [str(root), *filter(None, [given.get("PYTHONPATH")])]
    return {**ENVIRONMENT, **given, "PYTHONPATH": os.pathsep.join(paths)}


def hand_over(python: Path, plan: Plan) -> int:
    """Become the planned program: same process id, so signals and the exit code are its own."""
    command = [str(python), "-m", plan.module, *plan.arguments]
    environment = start_environment(os.environ)
    os.chdir(str(ROOT))
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)


# --- whether the environment is the right one


def this_interpreter() -> Interpreter:
    """Describe the running Python, or the one beneath it if it is a virtual environment's."""
    executable = getattr(sys, "_base_executable", None) or sys.executable
    version = (sys.version_info[0], sys.version_info[1])
    identity = f"{sys.implementation.name} {version[0]}.{version[1]} {platform.machine()}"
    return Interpreter(executable, version, identity)


def lock_digests(root: Path, locks: Sequence[str]) -> dict[str, str]:
    """Return the sha256 of each named lock file under `root`."""
    return {lock: hashlib.sha256((root / lock).read_bytes()).hexdigest() for lock in locks}


def read_stamp(venv: Path) -> dict[str, object] | None:
    """Return what the last finished install wrote down, or None if there is none or it is unreadable."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def write_stamp(venv: Path, interpreter: Interpreter, digests: Mapping[str, str]) -> None:
    """Note a finished install; the rename makes the stamp whole or absent."""
    stamp = {"python": interpreter.identity, "place": str(venv), "locks": dict(digests)}
    draft = venv / (STAMP + ".new")
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(venv / STAMP)


def usable(venv: Path, interpreter: Interpreter) -> bool:
    """Tell whether `venv` is whole, of this Python and where it was made (its scripts name their place)."""
    stamp = read_stamp(venv)
    return (
        stamp is not None
        and stamp.get("python") == interpreter.identity
        and stamp.get("place") == str(venv)
        and python_in(venv).exists()
    )


def satisfied(venv: Path, interpreter: Interpreter, root: Path, lock: str) -> bool:
    """Tell whether `lock`, as it is now, is what is installed in `venv`."""
    if not usable(venv, interpreter):
        return False
    locks = (read_stamp(venv) or {}).get("locks")
    return isinstance(locks, dict) and locks.get(lock) == lock_digests(root, [lock])[lock]


def python_in(venv: Path) -> Path:
    """Return the path of the interpreter inside `venv`."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


# --- what can be said before anything is made


def check_version(version: tuple[int, int], which: Callable[[str], str | None] = shutil.which) -> None:
    """Raise SetupError if this Python is too old, naming a newer one if the machine has it."""
    if version >= MINIMUM:
        return
    newer = [f"python{MINIMUM[0]}.{minor}" for minor in range(MINIMUM[1] + 8, MINIMUM[1] - 1, -1)]
    found = next((name for name in newer if which(name)), None)
    remedy = f"start it with `{found} run.py`" if found else "on Debian 12 or newer: apt install python3"
    needed, running = (".".join(map(str, parts)) for parts in (MINIMUM, version))
    raise SetupError(f"Lotse needs Python {needed} or newer; this is {running}. What to do: {remedy}.")


def check_venv_parts(
    interpreter: Interpreter, has: Callable[[str], object] = importlib.util.find_spec
) -> None:
    """Raise SetupError if Python's own venv or ensurepip is missing, as on a bare Debian."""
    missing = [module for module in ("venv", "ensurepip") if not has(module)]
    if missing:
        raise SetupError(
            f"This Python lacks its module {' and '.join(missing)}, which makes the environment. "
            "As root, run one of:\n"
            f"  apt install python{interpreter.version[0]}.{interpreter.version[1]}-venv\n"
            "  apt install python3-venv\n"
            "and start again."
        )


# --- making it


def ensure(lock: str, interpreter: Interpreter, root: Path = ROOT, venv: Path = VENV) -> None:
    """Bring `venv` to `lock`; does nothing, without network, if it is there already."""
    if satisfied(venv, interpreter, root, lock):
        return
    with one_at_a_time(root):
        if satisfied(venv, interpreter, root, lock):
            return
        uv = shutil.which("uv")
        if not usable(venv, interpreter):
            make_venv(venv, interpreter, uv)
        digests = lock_digests(root, SATISFIES[lock])
        # Without a stamp an interrupted install is seen as half made, and the next start begins anew.
        with contextlib.suppress(FileNotFoundError):
            (venv / STAMP).unlink()
        install(install_command(python_in(venv), root / lock, uv), root / lock)
        write_stamp(venv, interpreter, digests)


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two starts at once do not install into one another."""
    if os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(str(root), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_venv(venv: Path, interpreter: Interpreter, uv: str | None) -> None:
    """Make an empty environment at `venv`, in place of whatever is there."""
    if not uv:
        check_venv_parts(interpreter)
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        say(f"Making {venv} anew: it is unfinished, or made by another Python or in another place.")
        shutil.rmtree(str(venv))
    if uv:
        # --seed: pip too, so that the environment can be kept up to date after uv has gone.
        command = [
            uv,
            "venv",
            "--quiet",
            "--no-project",
            "--seed",
            "--python",
            interpreter.executable,
            str(venv),
        ]
    else:
        command = [interpreter.executable, "-I", "-m", "venv", str(venv)]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode:
        raise SetupError(explain(made.stdout.decode(errors="replace"), "The environment could not be made."))


def install_command(python: Path, lock: Path, uv: str | None) -> list[str]:
    """Return the installer's command line: just what the lock names, hashes required, nothing built from source."""
    # A build from source would run code, and fetch tools, that the lock does not name. The lock is whole, so nothing
    # is resolved again: pip 23 takes a newer `coverage` than the locked one for `coverage[toml]`, and then refuses it.
    wanted = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)]
    if uv:
        return [uv, "pip", "install", "--no-progress", "--python", str(python), *wanted]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2"]
    # -I: what PYTHONPATH shows would otherwise count as installed.
    return [str(python), "-I", "-m", "pip", "install", *quiet, *wanted]


def install(command: Sequence[str], lock: Path) -> None:
    """Run the installer to its end and show how far it is; raise SetupError with the mend if it fails."""
    progress = Progress(lock)
    output = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        for line in ticking(child.stdout):
            if line is not None:
                output.append(line)
                progress.read(line)
            progress.show()
        code = child.wait()
    progress.close(finished=code == 0)
    if code:
        raise SetupError(explain("".join(output), "The packages could not be installed."))


def ticking(stream: IO[bytes] | None, seconds: float = 1.0) -> Iterator[str | None]:
    """Yield the lines of `stream` as they come, and None whenever none came for `seconds`."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in stream or ():
            lines.put(line.decode(errors="replace"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=seconds)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line


class Progress:
    """One line that says what is being installed, how far it is and for how long it has run."""

    def __init__(
        self, lock: Path, out: IO[str] = sys.stderr, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.lock = lock.name
        self.total = len(re.findall(r"(?m)^[A-Za-z0-9]", lock.read_text(encoding="utf-8")))
        self.done = 0  # packages looked at
        self.what = "starting"
        self.out = out
        self.live = self.out.isatty()
        self.clock = clock
        self.began = self.shown = clock()
        self._write(self.text())

    def read(self, line: str) -> None:
        """Take one line of pip's output; uv prints nothing on the way."""
        name = re.match(LOOKED_AT, line)
        if name:
            self.done += 1
            self.what = name.group(1) or name.group(2)
        elif line.startswith("Ignoring "):  # another platform's package
            self.total -= 1
        elif line.startswith("Installing collected packages"):
            self.what = "unpacking"

    def text(self) -> str:
        """Return the line as it is to be shown now."""
        count = f"{self.done} of {self.total}" if self.done else f"{self.total} packages"
        return f"Installing {self.lock}: {count}, {self.what} ({self.clock() - self.began:.0f} s)"

    def show(self) -> None:
        """Show the line: in place on a terminal, every ten seconds in a log."""
        if self.clock() - self.shown >= (0.1 if self.live else 10):
            self.shown = self.clock()
            self._write(self.text())

    def close(self, finished: bool) -> None:
        """Say that it is over."""
        done = "Installed" if finished else "Failed to install"
        self._write(f"{done} {self.lock} ({self.clock() - self.began:.0f} s)")
        if self.live:
            self.out.write("\n")

    def _write(self, text: str) -> None:
        self.out.write("\r\x1b[K" + text if self.live else text + "\n")
        self.out.flush()


def explain(output: str, what: str) -> str:
    """Return `what` failed, the end of the program's own words, and what to do about it if that is known."""
    said = [line for line in output.strip().splitlines() if line.strip()][-8:]
    remedy = next((text for pattern, text in FAILURES if re.search(pattern, output)), None)
    if "ensurepip is not available" in output:
        remedy = "As root: apt install python3-venv"
    lines = [what, *("  | " + line for line in said)]
    return "\n".join(lines + ([remedy.format(root=ROOT)] if remedy else []))


def say(text: str) -> None:
    """Tell the operator; standard output belongs to the program that is started."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    """Prepare the environment and become the program; return an exit code only if that failed."""
    interpreter = this_interpreter()
    chosen = plan(arguments)
    try:
        check_version(interpreter.version)
        ensure(chosen.lock, interpreter)
        return hand_over(python_in(VENV), chosen)
    except SetupError as failure:
        say(str(failure))
    except OSError as failure:
        said = "No space left on device" if failure.errno in (errno.ENOSPC, errno.EDQUOT) else str(failure)
        say(explain(said, "The environment could not be made."))
    except KeyboardInterrupt:
        say("\nInterrupted. The next start begins the installation anew.")
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
