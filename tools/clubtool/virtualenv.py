"""The virtual environment: every Python package at the version in requirements.lock."""

import os
import shutil
import sys
from pathlib import Path

from . import system
from .console import Failure, step
from .paths import REPO, digest, home

LOCK = REPO / "requirements.lock"
PYTHONS = ["python3.11", "python3.12", "python3.13", "python3.10"]


def ensure(odoo):
    """The folder of a virtual environment that holds the lock file's packages and finds Odoo."""
    python = _python()
    # The path names the minor version; anything finer would change with a security update.
    folder = home() / "venv" / digest(LOCK.read_bytes(), python, odoo.root)
    done = folder / "complete"
    if done.exists():
        os.utime(folder)
        return folder
    system.forget_unused(folder.parent)
    system.ensure_venv_module(python)
    system.need_space(folder.parent, 1)
    # Its scripts name their own folder, so it is built in place; `complete` says it is whole.
    shutil.rmtree(folder, ignore_errors=True)
    with step("Python packages (requirements.lock)"):
        system.run([python, "-m", "venv", folder])
        # Hashes and --no-deps: what was locked is what gets installed, and nothing else.
        install = ["-m", "pip", "install", "--no-deps", "--require-hashes", "--use-pep517"]
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        system.run([folder / "bin" / "python", *install, *quiet, "-r", LOCK])
        packages = next(folder.glob("lib/python3*/site-packages"))
        (packages / "odoo-source.pth").write_text(f"{odoo.root}\n")
        _write_odoo_command(folder / "bin")
        done.touch()
    return folder


def _write_odoo_command(programs):
    """The command `odoo`, as the package would have made it."""
    script = programs / "odoo"
    script.write_text(f"#!{programs / 'python'}\nfrom odoo.cli import main\n\nmain()\n")
    script.chmod(0o755)


def _python():
    """A Python that Odoo 19 runs on: the one that runs this, or another one on the PATH."""
    if (3, 10) <= sys.version_info < (3, 14):
        # Not one of another virtual environment: that one may go away.
        return Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    for name in PYTHONS:
        if found := shutil.which(name):
            return Path(found).resolve()
    raise Failure(
        f"Odoo 19 runs on Python 3.10 to 3.13; python3 here is {sys.version.split()[0]}.",
        "Install one of these, for example: apt-get install python3.11 python3.11-venv",
    )


def lock():
    """Write requirements.lock anew from requirements.in, for every Python that Odoo runs on."""
    folder = home() / "venv" / "uv"
    if not (folder / "bin" / "uv").exists():
        system.ensure_venv_module(_python())
        system.run([_python(), "-m", "venv", folder])
        system.run([folder / "bin" / "pip", "install", "--quiet", "uv"])
    resolve = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.10"]
    form = ["--generate-hashes", "--custom-compile-command", "make lock"]
    # Where packages come from is the reader's affair, not the lock file's.
    silent = ["--no-emit-index-url", "--no-emit-find-links"]
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    with step("requirements.lock from requirements.in"):
        files = ["requirements.in", "-o", "requirements.lock"]
        uv = [folder / "bin" / "uv", *resolve, *form, *silent, *upgrade, *files]
        system.run(uv, cwd=REPO)
