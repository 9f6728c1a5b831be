"""The source archive and the wheel, built and installed into empty environments; make packages runs it.

Core alone on every Python here that mrr-xl may be installed on; each extra alone; and the lowest version of everything
that pyproject.toml allows, with the tests below. In each environment .ci/smoke.py does what a user does first. All is
made in folders that are removed at the end, by uv (https://docs.astral.sh/uv), which keeps what it has downloaded.

Spark alone has no wheel at the index. Its wheels are made once, by pip, which keeps them: uv would make one for each
environment and keep them all, a gigabyte each. What comes from a folder of this run is of no use to the next.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
SMOKE = ROOT / ".ci" / "smoke.py"
UV = Path(sys.executable).with_name("uv")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
#: Quick ones, from the source archive: the ledger, its movements, the metrics, the functions, filling, the engines.
WITH_THE_LOWEST = [
    "tests/ledger/test_ledger.py",
    "tests/ledger/test_limits.py",
    "tests/ledger/test_names.py",
    "tests/ledger/test_pricing.py",
    "tests/ledger/test_rounding.py",
    "tests/rollforward/test_movements.py",
    "tests/metrics/test_segments.py",
    "tests/metrics/test_cohorts.py",
    "tests/functions/test_handles.py",
    "tests/sources/test_received_databases.py",
    "tests/filling/test_own_columns.py",
    "tests/cli/test_problems.py",
]


def run(*words: str | Path, folder: Path = ROOT) -> str:
    """What a command prints; where it fails, that is what is said, and the end."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run([*map(str, words)], cwd=folder, env=clean, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"packages: {' '.join(map(str, words))}\n{done.stdout[-6000:]}{done.stderr[-6000:]}")
    return done.stdout


def check_contents(dist: Path) -> tuple[Path, Path]:
    """The source archive has every file of the repository and none else, the wheel every file of the package."""
    (source,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    with tarfile.open(source) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    if not (ROOT / ".git").exists():
        print("packages: not a clone, so what is packed is not compared with git", flush=True)
        return source, wheel
    known = set(run("git", "ls-files").splitlines())
    refuse(source, packed - {"PKG-INFO"}, known)
    with zipfile.ZipFile(wheel) as archive:
        installed = {name for name in archive.namelist() if ".dist-info/" not in name}
    refuse(wheel, installed, {name for name in known if name.startswith("mrr_xl/")})
    return source, wheel


def refuse(package: Path, held: set[str], wanted: set[str]) -> None:
    for files, what in ((held - wanted, "holds what is not in git"), (wanted - held, "lacks")):
        if files:
            sys.exit(f"packages: {package.name} {what}: {', '.join(sorted(files)[:9])}")


def environments(project: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, Path, str]]:
    """What each one is called, its Python, and its extra, or - for none."""
    for version in PYTHONS:
        python = python_of(version)
        if python is None:
            print(f"packages: Python {version} is not on this machine, so nothing is known of it", flush=True)
        else:
            yield f"core alone, Python {version}", python, "-"
    for extra in project["optional-dependencies"]:
        yield f"extra {extra} alone", Path(sys.executable), extra


def python_of(version: str) -> Path | None:
    """A Python of this version: of a system, of uv or of pyenv."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for python in [shutil.which(f"python{version}"), *sorted(kept.glob(f"{version}.*/bin/python{version}"))]:
        if python and not subprocess.run([python, "-c", ""], capture_output=True).returncode:
            return Path(python)
    found = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", "--system", version], capture_output=True, text=True
    )
    return None if found.returncode else Path(found.stdout.strip())


def make_wheels_of_spark(project: dict[str, dict[str, list[str]]], wheels: Path) -> None:
    """The newest Spark that is allowed and the lowest, for --find-links."""
    (newest,) = project["optional-dependencies"]["spark"]
    for spark in (newest, newest.replace(">=", "==")):
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--wheel-dir", wheels, spark)  # fmt: skip


def install(folder: Path, python: Path, wheels: Path, *what: str | Path) -> Path:
    """An empty environment with these packages; its Python."""
    run(UV, "venv", "--quiet", "--python", python, folder / "environment")
    inside = folder / "environment" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(UV, "pip", "install", "--quiet", "--find-links", wheels, "--python", inside, *what)
    return inside


def try_out(name: str, python: Path, extra: str, wheel: Path, version: str) -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        inside = install(folder, python, wheel.parent, f"{wheel}[{extra}]" if extra != "-" else wheel)
        (folder / "user").mkdir()
        run(inside, "-I", SMOKE, version, extra, folder=folder / "user")
    print(f"packages: {name}: fine ({time.monotonic() - begun:.0f} s)", flush=True)


def try_the_lowest(source: Path, wheel: Path, version: str) -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        lowest = folder / "lowest.txt"
        run(UV, "pip", "compile", "--quiet", "--resolution", "lowest-direct", "--all-extras", "pyproject.toml",
            "--find-links", wheel.parent, "--python", sys.executable, "--output-file", lowest)  # fmt: skip
        inside = install(folder, Path(sys.executable), wheel.parent, "-r", lowest, wheel)
        (folder / "user").mkdir()
        run(inside, "-I", SMOKE, version, "test", folder=folder / "user")
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        (unpacked,) = folder.glob("mrr_xl-*")
        shutil.rmtree(unpacked / "mrr_xl")  # so that the one installed is what is tested
        asked = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "-m", "not slow", *WITH_THE_LOWEST]
        ended = run(inside, *asked, folder=unpacked).splitlines()[-1]
    print(f"packages: lowest versions of everything: {ended} ({time.monotonic() - begun:.0f} s)", flush=True)


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with tempfile.TemporaryDirectory() as dist:
        run(UV, "build", "--quiet", "--out-dir", dist)  # the wheel is made from the source archive
        source, wheel = check_contents(Path(dist))
        version = wheel.name.split("-")[1]
        make_wheels_of_spark(project, wheel.parent)
        with ThreadPoolExecutor(2) as pool:
            tried = [pool.submit(try_out, *each, wheel, version) for each in environments(project)]
            for one in tried:
                one.result()
        try_the_lowest(source, wheel, version)
        run(UV, "cache", "clean", "--quiet", "pyspark", "mrr-xl")


if __name__ == "__main__":
    main()
