"""run.py: what it starts, when it installs, and what it says when it cannot; without the network."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import run

SCRIPT = Path(run.__file__)
PYTHON = run.Interpreter(sys.executable, (3, 11), "cpython 3.11 x86_64")
RUNTIME, DEV = run.RUNTIME_LOCK, run.DEV_LOCK

# Stands in for uv, which is outside: makes a real but empty environment, notes each install, fails if told.
UV = """#!{python}
import os, pathlib, subprocess, sys
command = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(" ".join(command) + "\\n")
if command[0] == "venv":
    subprocess.run([{python!r}, "-m", "venv", "--without-pip", command[-1]], check=True)
elif os.environ.get("UV_FAILS"):
    sys.exit(os.environ["UV_FAILS"])
"""

BOT = """
import json, os, signal, sys
if sys.argv[1:] == ["wait"]:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    print("ready", flush=True)
    signal.pause()
threads = {name: os.environ[name] for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY")}
print(json.dumps({"arguments": sys.argv[1:], "prefix": sys.prefix, **threads}))
sys.exit(5 if sys.argv[1:] == ["fail"] else 0)
"""


class Site(NamedTuple):
    """A copy of run.py with small locks and a small bot, as on an operator's machine."""

    root: Path
    log: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.root / "run.py"), *arguments]

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.call(self.command(*arguments), environment)

    def call(self, command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        given = {**self.environment, **environment}
        return subprocess.run(command, env=given, cwd=self.root.parent, capture_output=True, text=True)

    def installs(self) -> list[str]:
        """Return the lock of each install so far."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [Path(line.split()[-1]).name for line in lines if line.startswith("pip install")]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    root = tmp_path / "lotse"
    (root / "bot").mkdir(parents=True)
    shutil.copy(SCRIPT, root / "run.py")
    (root / "bot" / "__init__.py").touch()
    (root / "bot" / "__main__.py").write_text(BOT)
    (root / RUNTIME).write_text("one==1\n")
    (root / DEV).write_text("one==1\ntwo==2\n")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))
    }
    for name in run.ENVIRONMENT:
        kept.pop(name, None)
    programs = tmp_path / "programs"
    programs.mkdir()
    return Site(root, tmp_path / "uv.log", {**kept, "PATH": str(programs)})


@pytest.fixture
def with_uv(site: Site) -> Site:
    uv = Path(site.environment["PATH"]) / "uv"
    uv.write_text(UV.format(python=sys.executable, log=str(site.log)))
    uv.chmod(0o755)
    return site


# --- what is started


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], run.Plan(RUNTIME, "bot", ("run",))),
        (["run", "--port", "0"], run.Plan(RUNTIME, "bot", ("run", "--port", "0"))),
        (["--help"], run.Plan(RUNTIME, "bot", ("--help",))),
        (["test"], run.Plan(DEV, "pytest", ())),
        (["test", "-k", "a or b", "test"], run.Plan(DEV, "pytest", ("-k", "a or b", "test"))),
        (["knowledge", "test"], run.Plan(RUNTIME, "bot", ("knowledge", "test"))),
    ],
)
def test_the_command_line_is_routed(arguments: list[str], expected: run.Plan) -> None:
    assert run.plan(arguments) == expected


def test_the_project_comes_first_on_the_path_and_given_settings_stay(tmp_path: Path) -> None:
    started = run.start_environment({"PYTHONPATH": "mine", "OMP_NUM_THREADS": "4", "LANG": "de"}, tmp_path)
    assert started == {
        "PYTHONPATH": f"{tmp_path}{os.pathsep}mine",
        "OMP_NUM_THREADS": "4",
        "OMP_WAIT_POLICY": "passive",
        "LANG": "de",
    }
    assert run.start_environment({}, tmp_path)["PYTHONPATH"] == str(tmp_path)


def test_the_bot_gets_arguments_threads_and_environment(with_uv: Site) -> None:
    done = with_uv.start("say", "two words", "ü")
    assert json.loads(done.stdout) == {
        "arguments": ["say", "two words", "ü"],
        "prefix": str(with_uv.root / ".venv"),
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "passive",
    }


def test_the_exit_code_is_the_bots(with_uv: Site) -> None:
    assert with_uv.start("fail").returncode == 5


def test_a_signal_reaches_the_bot(with_uv: Site) -> None:
    with subprocess.Popen(with_uv.command("wait"), env=with_uv.environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGTERM)
        assert child.wait() == 7


# --- when it installs


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """Return an environment whose runtime and dev locks are installed and noted."""
    for lock in (RUNTIME, DEV):
        (tmp_path / lock).write_text(lock)
    python = run.python_in(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    run.write_stamp(tmp_path / ".venv", PYTHON, run.lock_digests(tmp_path, run.SATISFIES[DEV]))
    return tmp_path / ".venv"


def test_a_dev_install_satisfies_both_locks(venv: Path) -> None:
    assert run.satisfied(venv, PYTHON, venv.parent, DEV)
    assert run.satisfied(venv, PYTHON, venv.parent, RUNTIME)


def test_a_runtime_install_does_not_satisfy_the_dev_lock(venv: Path) -> None:
    run.write_stamp(venv, PYTHON, run.lock_digests(venv.parent, run.SATISFIES[RUNTIME]))
    assert run.satisfied(venv, PYTHON, venv.parent, RUNTIME)
    assert not run.satisfied(venv, PYTHON, venv.parent, DEV)


def test_a_changed_lock_is_not_satisfied_but_the_environment_stays(venv: Path) -> None:
    (venv.parent / RUNTIME).write_text("another")
    assert not run.satisfied(venv, PYTHON, venv.parent, RUNTIME)
    assert run.usable(venv, PYTHON)


def test_an_environment_of_another_python_is_not_usable(venv: Path) -> None:
    assert not run.usable(venv, PYTHON._replace(identity="cpython 3.12 x86_64"))


def test_an_environment_that_was_moved_is_not_usable(venv: Path) -> None:
    moved = venv.rename(venv.with_name("elsewhere"))
    assert not run.usable(moved, PYTHON)


def test_an_environment_whose_python_has_gone_is_not_usable(venv: Path) -> None:
    run.python_in(venv).unlink()
    assert not run.usable(venv, PYTHON)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00"])
def test_an_unreadable_stamp_means_half_made(venv: Path, text: str) -> None:
    (venv / run.STAMP).write_text(text)
    assert not run.usable(venv, PYTHON)


def test_the_second_start_installs_nothing(with_uv: Site) -> None:
    first = with_uv.start()
    assert (first.returncode, with_uv.installs()) == (0, [RUNTIME])
    second = with_uv.start(UV_FAILS="no network")
    assert (second.returncode, second.stderr, with_uv.installs()) == (0, "", [RUNTIME])


def test_hashes_are_required_and_nothing_is_built_from_source(with_uv: Site) -> None:
    with_uv.start()
    assert re.search(
        r"pip install .*--require-hashes --no-deps --only-binary :all: -r ", with_uv.log.read_text()
    )
    assert {"--require-hashes", "--no-deps"} <= {*run.install_command(Path("python"), Path("lock"), uv=None)}


def test_a_test_run_serves_the_bot_too(with_uv: Site) -> None:
    with_uv.start("test")
    with_uv.start()
    assert with_uv.installs() == [DEV]


def test_a_changed_lock_is_installed_into_the_same_environment(with_uv: Site) -> None:
    with_uv.start()
    kept = with_uv.root / ".venv" / "kept"
    kept.touch()
    (with_uv.root / RUNTIME).write_text("one==2\n")
    assert with_uv.start().returncode == 0
    assert with_uv.installs() == [RUNTIME, RUNTIME]
    assert kept.exists()


def test_an_unfinished_environment_is_made_anew(with_uv: Site) -> None:
    left = with_uv.root / ".venv" / "left"
    left.mkdir(parents=True)
    done = with_uv.start()
    assert done.returncode == 0
    assert "anew" in done.stderr
    assert not left.exists()


def test_a_link_in_its_place_is_removed_and_its_target_left_alone(with_uv: Site) -> None:
    target = with_uv.root.parent / "target"
    target.mkdir()
    (with_uv.root / ".venv").symlink_to(target)
    assert with_uv.start().returncode == 0
    assert target.is_dir()
    assert not (with_uv.root / ".venv").is_symlink()


def test_a_failed_install_is_begun_anew_by_the_next_start(with_uv: Site) -> None:
    assert with_uv.start(UV_FAILS="anything").returncode == 1
    done = with_uv.start()
    assert (done.returncode, with_uv.installs()) == (0, [RUNTIME, RUNTIME])


def test_two_starts_at_once_install_once(with_uv: Site) -> None:
    both = [
        subprocess.Popen(
            with_uv.command(), env=with_uv.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for child in both:
        child.communicate()
    assert [child.returncode for child in both] == [0, 0]
    assert with_uv.installs() == [RUNTIME]


# --- what it says


def test_an_old_python_is_told_what_is_needed() -> None:
    with pytest.raises(
        run.SetupError, match=r"needs Python 3\.11 or newer; this is 3\.9\..*apt install python3"
    ):
        run.check_version((3, 9), which=lambda name: None)


def test_an_old_python_is_shown_the_new_one_beside_it() -> None:
    with pytest.raises(run.SetupError, match=r"start it with `python3\.12 run\.py`"):
        run.check_version((3, 9), which={"python3.11": "found", "python3.12": "found"}.get)


def test_the_needed_python_is_the_one_that_the_project_names() -> None:
    project = (SCRIPT.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={".".join(map(str, run.MINIMUM))}"' in project


def test_an_old_python_can_read_the_script_as_far_as_that() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_bare_debian_is_told_what_to_install(site: Site, module: str) -> None:
    bare = (
        f"import sys, runpy; sys.modules[{module!r}] = None; runpy.run_path({str(site.root / 'run.py')!r}, "
    )
    done = site.call([sys.executable, "-c", bare + "run_name='__main__')"], {})
    version = "{}.{}".format(*sys.version_info)
    assert done.returncode == 1
    assert f"lacks its module {module}," in done.stderr
    assert f"\n  apt install python{version}-venv\n  apt install python3-venv\n" in done.stderr
    assert not (site.root / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("Hash mismatch for `one==1`", "not the one that was locked"),
        ("invalid peer certificate: UnknownIssuer", "certificate was not accepted"),
        ("error sending request for url", "index could not be reached"),
    ],
)
def test_a_failed_install_says_what_to_do(with_uv: Site, said: str, advice: str) -> None:
    done = with_uv.start(UV_FAILS=said)
    assert (done.returncode, done.stdout) == (1, "")
    assert "could not be installed" in done.stderr
    assert f"  | {said}\n" in done.stderr
    assert advice in done.stderr


def test_a_failure_it_does_not_know_is_shown_as_it_is() -> None:
    said = "\n".join(f"line {number}" for number in range(20))
    assert run.explain(said, "It failed.").splitlines() == [
        "It failed.",
        *(f"  | line {number}" for number in range(12, 20)),
    ]


def test_a_missing_lock_is_an_error_without_a_traceback(site: Site) -> None:
    (site.root / RUNTIME).unlink()
    (site.root / ".venv").touch()
    done = site.start()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_progress_counts_pips_packages(tmp_path: Path) -> None:
    lock = tmp_path / RUNTIME
    lock.write_text(
        "# head\none-a==1 \\\n    --hash=sha256:00\n    # via x\ntwo==2 ; sys_platform == 'win32'\nthree==3\n"
    )
    progress = run.Progress(lock, out=io.StringIO(), clock=lambda: 7.0)
    assert progress.text() == "Installing requirements.lock: 3 packages, starting (0 s)"
    progress.read("Ignoring two: markers 'sys_platform == \"win32\"' don't match your environment\n")
    progress.read("Collecting one-a==1 (from -r requirements.lock (line 2))\n")
    progress.read("  Downloading one_a-1-py3-none-any.whl (5 kB)\n")
    assert progress.text() == "Installing requirements.lock: 1 of 2, one-a (0 s)"
    progress.read(
        "Processing /some/where/three-3-py3-none-any.whl (from -r /opt/requirements.lock (line 6))\n"
    )
    assert progress.text() == "Installing requirements.lock: 2 of 2, three (0 s)"
    progress.read("Installing collected packages: one-a, three\n")
    assert progress.text() == "Installing requirements.lock: 2 of 2, unpacking (0 s)"


# --- the real pip, on a folder instead of the network


def wheel(folder: Path, value: str) -> str:
    """Put a wheel of the package `buoy`, 1.0, whose VALUE is `value` into `folder`; return its sha256."""
    path = folder / "buoy-1.0-py3-none-any.whl"
    about = "buoy-1.0.dist-info/"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("buoy.py", f"VALUE = {value!r}\n")
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: buoy\nVersion: 1.0\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", f"buoy.py,,\n{about}METADATA,,\n{about}WHEEL,,\n{about}RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_pip_installs_what_is_locked_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = site.root.parent / "shelf"
    shelf.mkdir()
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": str(shelf), "PIP_NO_INDEX": "1"}
    (site.root / "bot" / "__main__.py").write_text("import buoy\nprint(buoy.VALUE)\n")
    digest = wheel(shelf, "green")
    (site.root / RUNTIME).write_text(f"buoy==1.0 \\\n    --hash=sha256:{digest}\n")

    first = site.start(**pip)
    assert (first.returncode, first.stdout) == (0, "green\n")
    assert first.stderr.startswith("Installing requirements.lock: 1 packages, starting (0 s)\n")
    assert "\nInstalled requirements.lock (" in first.stderr

    shutil.rmtree(shelf)
    second = site.start(**pip)
    assert (second.returncode, second.stdout, second.stderr) == (0, "green\n", "")

    # Into the environment that is there: making one with pip is what takes its time.
    for name, value in pip.items():
        monkeypatch.setenv(name, value)
    shelf.mkdir()
    wheel(shelf, "red")
    other = site.root / "other.lock"
    other.write_text(f"buoy==1.0 \\\n    --hash=sha256:{digest}\n")
    command = [*run.install_command(run.python_in(site.root / ".venv"), other, uv=None), "--force-reinstall"]
    with pytest.raises(run.SetupError, match="not the one that was locked"):
        run.install(command, other)
    shutil.rmtree(shelf)
    with pytest.raises(run.SetupError, match="index could not be reached"):
        run.install(command, other)
    assert site.start(**pip).stdout == "green\n"
