"""进程 — which LibreOffice is running for a profile and which pipes it listens on, found out without disturbing it."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

_TABLE, _ACCEPTING = Path("/proc/net/unix"), "00010000"
_PROGRAM, _CHOSEN = "soffice.bin", "-env:UserInstallation=file://"


def default_profile(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder where LibreOffice keeps this user's settings, as it is told by its environment."""
    home = Path(environment.get("HOME") or Path.home())
    if sys.platform == "win32":
        return Path(environment.get("APPDATA", home / "AppData" / "Roaming")) / "LibreOffice" / "4"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "LibreOffice" / "4"
    wanted = environment.get("XDG_CONFIG_HOME")  # which LibreOffice heeds only where it exists
    return (Path(wanted) if wanted and Path(wanted).exists() else home / ".config") / "libreoffice" / "4"


def profiles() -> tuple[Path, ...]:
    """The profiles of this user's running LibreOffices as far as the system tells, and the user's own, which comes first."""
    found = [default_profile()]
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another user's, or gone meanwhile
            if (process / "exe").readlink().name == _PROGRAM:
                found.append(_profile_of(process))
    return tuple(dict.fromkeys(found))


def _profile_of(process: Path) -> Path:
    """The profile that a LibreOffice was started with (Linux)."""
    told = [word for word in _words(process / "cmdline") if word.startswith(_CHOSEN)]
    if told:
        return Path(unquote(told[-1].removeprefix(_CHOSEN)))
    return default_profile(dict(word.split("=", 1) for word in _words(process / "environ") if "=" in word))


def _words(file: Path) -> list[str]:
    return file.read_bytes().decode("utf-8", "surrogateescape").split("\0")


def is_running(profile_url: str) -> bool:
    """Whether a LibreOffice runs with this profile: its own single-instance pipe is being listened on."""
    digest = hashlib.md5(profile_url.encode("utf-16-le"), usedforsecurity=False).digest()
    return is_listening("SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest))


def our_pipe(profile_url: str) -> str:
    """The name of the pipe that we let the LibreOffice of a profile listen on; the same in every process."""
    return "xlwings-" + hashlib.md5(profile_url.encode(), usedforsecurity=False).hexdigest()[:12]


def is_listening(pipe: str) -> bool:
    """Whether some process listens on this LibreOffice pipe."""
    if sys.platform == "win32":
        return any(name.startswith("OSL_PIPE_") and name.endswith("_" + pipe) for name in _windows_pipes())
    if _TABLE.exists():
        return bool(_inodes(pipe))
    return any(_accepts(path) for path in _sockets(pipe))


def process_id(pipe: str) -> int:
    """The number of the process listening on a pipe; where the system does not tell, a number made from its name."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(pipe)}
    for entry in Path("/proc").glob("[0-9]*/fd/*") if wanted else ():
        try:
            if str(entry.readlink()) in wanted:
                return int(entry.parts[2])
        except OSError:
            continue
    return zlib.crc32(pipe.encode())


def _inodes(pipe: str) -> tuple[str, ...]:
    """The kernel's numbers of the sockets listening under this pipe's name (Linux)."""
    if not _TABLE.exists():
        return ()
    lines = (line.split() for line in _TABLE.read_text(encoding="utf-8", errors="replace").splitlines())
    own = f"OSL_PIPE_{os.getuid()}_{pipe}"
    return tuple(line[6] for line in lines if len(line) > 7 and line[3] == _ACCEPTING and Path(line[7]).name == own)


def _windows_pipes() -> tuple[str, ...]:
    return tuple(path.name for path in Path(r"\\.\pipe").iterdir())


def _sockets(pipe: str) -> tuple[Path, ...]:
    folders = dict.fromkeys((os.environ.get("XDG_RUNTIME_DIR") or "/tmp", tempfile.gettempdir(), "/tmp", "/var/tmp"))
    return tuple(path for folder in folders if (path := Path(folder) / f"OSL_PIPE_{os.getuid()}_{pipe}").exists())


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as end:
        return end.connect_ex(str(path)) == 0
