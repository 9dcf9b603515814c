"""The npm tools (rtlcss, eslint, prettier) at the versions in package-lock.json.

Node.js itself comes with the virtual environment: Debian 12's is too old for eslint.
"""

import os
import shutil

from . import system
from .console import step
from .paths import REPO, digest, home


def ensure(venv):
    """The folder of the npm tools' programs."""
    manifest, lock = REPO / "package.json", REPO / "package-lock.json"
    folder = home() / "node" / digest(manifest.read_bytes(), lock.read_bytes())
    if not folder.exists():
        system.forget_unused(folder.parent)
        with step("npm tools (package-lock.json)"):
            system.build(folder, lambda target: _install(target, venv, manifest, lock))
    os.utime(folder)
    return folder / "node_modules" / ".bin"


def _install(target, venv, manifest, lock):
    shutil.copy(manifest, target)
    shutil.copy(lock, target)
    environment = dict(os.environ, PATH=f"{venv / 'bin'}:{os.environ['PATH']}")
    # No install scripts: nothing here needs one, and they are where malice hides.
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    system.run(["npm", "ci", *quiet], cwd=target, env=environment)
