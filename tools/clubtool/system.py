"""Running programs, and the Debian packages this product's set-up needs."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from .console import Failure, step

# What the server, its reports and its pages need, and what the browser tests need on top.
PACKAGES = [
    "postgresql",
    "ca-certificates",
    "debian-archive-keyring",
    "libmagic1",
    # WeasyPrint draws the Persian PDFs through Pango.
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    # Odoo's Debian package links to these instead of carrying copies.
    "fonts-roboto-unhinted",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    # Persian on paper and in the browser.
    "fonts-dejavu-core",
    "fonts-farsiweb",
]
BROWSER_PACKAGES = ["chromium"]


def run(command, *, check=True, **options):
    """Run a command quietly; a failure carries the end of what it printed."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.STDOUT)
    result = subprocess.run([str(part) for part in command], text=True, check=False, **options)
    if check and result.returncode:
        raise CommandFailed(command, result)
    return result


class CommandFailed(Failure):
    """A program ended with an error; `output` is what it printed."""

    def __init__(self, command, result):
        self.output = result.stdout or ""
        name = " ".join(str(part) for part in command)
        end = "\n".join(self.output.strip().splitlines()[-25:])
        super().__init__(f"`{name[:300]}` ended with {result.returncode}:\n{end}", _advice(end))


def _advice(output):
    """What to do about errors that have a known cause."""
    network = "There is no network, or a server can't be reached. Run it again when it can."
    known = {
        "No space left on device": "The disk is full. Free about 5 GB and run it again.",
        "Temporary failure resolving": network,
        "Temporary failure in name resolution": network,
        "Could not connect to": network,
        "Could not resolve host": network,
        "ENOTFOUND": network,
        "EAI_AGAIN": network,
        "Could not get lock": "Another apt-get is running. Run it again when that has finished.",
        "Unable to locate package": "This needs Debian 12 or newer with its main section enabled.",
    }
    return "\n".join({remedy: 0 for sign, remedy in known.items() if sign in output})


def ensure_packages(browser):
    """Install the Debian packages that are missing, if any."""
    missing = _missing(PACKAGES + (BROWSER_PACKAGES if browser else []))
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Failure(
            "This set-up knows Debian's apt-get only, and it is not on this machine.",
            f"Install by your own means what these packages give: {' '.join(missing)}",
        )
    with step(f"{len(missing)} Debian packages"):
        _install(missing, "--no-install-recommends")


def _install(packages, *options):
    """apt-get install, as root or through sudo."""
    before = [] if os.geteuid() == 0 else ["sudo", "DEBIAN_FRONTEND=noninteractive"]
    by_hand = f"As root, run: apt-get install {' '.join(packages)}\nThen run this again."
    if before and not shutil.which("sudo"):
        wanted = " ".join(packages)
        raise Failure(f"Debian packages are missing, and this needs root: {wanted}", by_hand)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    run([*before, "apt-get", "update", "-q"], check=False, env=environment)
    try:
        run([*before, "apt-get", "install", "-y", "-q", *options, *packages], env=environment)
    except CommandFailed as error:
        raise Failure(error.problem, error.remedy or by_hand) from error


def _missing(packages):
    if not shutil.which("dpkg-query"):
        return packages
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages]
    output = run(query, check=False, stderr=subprocess.DEVNULL).stdout
    installed = {line.split()[0] for line in output.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]


def ensure_venv_module(python):
    """Debian's Python comes without `venv` and `ensurepip`: install them when they are missing."""
    if not run([python, "-c", "import venv, ensurepip"], check=False).returncode:
        return
    package = f"python3.{_minor(python)}-venv"
    with step(f"Debian package {package}"):
        _install([package])


def _minor(python):
    return run([python, "-c", "import sys; print(sys.version_info.minor)"]).stdout.strip()


def need_space(folder, gigabytes):
    """Refuse to start what would fill the disk half-way."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Failure(
            f"{folder} has {free:.1f} GB free; this step needs about {gigabytes} GB.",
            "Free some space, or point CLUB_HOME at a folder on a bigger disk.",
        )


def forget_unused(folder):
    """Remove pieces that no run has used for a month; each use leaves its date on the piece."""
    for piece in folder.glob("*"):
        if time.time() - piece.stat().st_mtime > 30 * 24 * 3600:
            shutil.rmtree(piece, ignore_errors=True)


def build(target, make):
    """Let `make` fill a folder that then becomes `target`: it is there whole or not at all."""
    temporary = Path(f"{target}.part")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    make(temporary)
    temporary.rename(target)
