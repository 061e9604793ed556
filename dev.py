#!/usr/bin/env python3
"""Everything for development, with Python's standard library only: `python3 dev.py COMMAND`.

    run [--port N] [--reload]  the site with demo data on http://localhost:8000; Ctrl-C stops everything
    test [--all] [ARGUMENTS]   checks and tests; --all adds the slow part; arguments go to pytest
    check                      linter, types, import floors, translations
    code NAME                  a second-factor code of a demo user
    manage COMMAND …           one of Django's commands with the demo's environment
    reset                      delete the demo's data and keys
    lock                       renew requirements*.txt from pyproject.toml

Environment: PAIRING_STATE is the folder for data, keys and logs (.dev); DATABASE_URL and, for migrations,
OWNER_DATABASE_URL name a PostgreSQL of one's own (15 or newer) instead of the one that is brought along.
"""

import sys

# An older Python must be able to read this file, to say so: no match statements here.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Pairing needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info))

import argparse
import base64
import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import devpg

ROOT = Path(__file__).resolve().parent
STATE = Path(os.environ.get("PAIRING_STATE", ROOT / ".dev")).resolve()
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DEMO_LOCK = ROOT / "requirements-demo.txt"
DEV_LOCK = ROOT / "requirements-dev.txt"  # all of the demo's, and the tools
APPS = ("pairing", "households", "visits")
NO_NETWORK = ("NewConnectionError", "ConnectTimeoutError", "name resolution", "Network is unreachable",
              "Could not find a version", "No matching distribution", "ProxyError")  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HALF_MADE = "demo.begun"  # in the state folder while the demo is being made
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")


Command = list[str | Path]


class Stop(Exception):
    """Ends the program with a sentence that says what to do."""


class Stopped(BaseException):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def say(text: str) -> None:
    """Tell what happens now; steps without news stay silent."""
    print(text, flush=True)


def call(*command: str | Path, environment: dict[str, str] | None = None) -> int:
    """Run a command in the checkout with its output on the terminal and return its exit code."""
    process = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=environment)
    try:
        return process.wait()
    except Stopped as stopped:
        # It tidies up on Ctrl-C, which the terminal has sent to it, too.
        if stopped.number != signal.SIGINT:
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        raise


# --- stamps: what was done stays done until its sources change ---------------------------------------------


def digest(*patterns: str) -> str:
    """A hash of the files of the checkout that match, and of their names."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def once(stamp: Path, mark: str, work: Callable[[], None]) -> None:
    """Do the work unless the stamp says that it was done for this mark."""
    if stamp.exists() and stamp.read_text() == mark:
        return
    stamp.unlink(missing_ok=True)
    work()
    stamp.write_text(mark)


# --- Python packages ---------------------------------------------------------------------------------------


def install(lock: Path = DEV_LOCK) -> None:
    """Have a virtual environment with the packages of a lock; one with the tools is good for everything."""
    stamp = VENV / "installed"
    tools = digest(DEV_LOCK.name) + sys.version
    if not stamp.exists() or stamp.read_text() != tools:
        once(stamp, tools if lock == DEV_LOCK else digest(lock.name) + sys.version, lambda: make_venv(lock))


def make_venv(lock: Path) -> None:
    """Make the virtual environment, or bring the present one in step with the lock."""
    if not PYTHON.exists() or call(PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        try:
            import ensurepip  # noqa: F401
            import venv
        except ImportError:
            package = "python{}.{}-venv".format(*sys.version_info)
            raise Stop(f"Python's venv module is missing; on Debian: apt install {package}") from None
        say("Making .venv …")
        venv.create(VENV, clear=True, with_pip=True)
    say("Installing packages (about a minute the first time) …")
    pip: Command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command = [
        *pip,
        "install",
        "--quiet",
        "--retries",
        "2",
        "--no-deps",
        "--require-hashes",
        "--no-compile",
        "-r",
        lock,
    ]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise pip_failure(done.stderr)
    listed = subprocess.check_output([*pip, "list", "--format=json"])
    wanted = {line.split("==")[0].lower() for line in DEV_LOCK.read_text().splitlines() if "==" in line}
    present = {package["name"].lower().replace("_", "-") for package in json.loads(listed)}
    extra = present - wanted - {"pip", "setuptools", "wheel", "uv"}
    if extra:
        call(*pip, "uninstall", "--yes", *sorted(extra))


def pip_failure(said: str) -> Exception:
    """What a failure of pip means for the reader."""
    if "No space left" in said:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if any(sign in said for sign in NO_NETWORK):
        return Stop("The packages could not be fetched; is there a network, and does pip reach its index?")
    return Stop(f"pip failed:\n{said.strip()}")


# --- the demo's keys and environment -----------------------------------------------------------------------

OWNERS_WORK = {"migrate", "rotate_keys", "restore"}  # as in pairing/settings.py


def keys() -> dict[str, str]:
    """The demo's secrets, made once: losing them would make its encrypted fields unreadable."""
    path = STATE / "keys.json"
    if not path.exists():
        made = {
            "PAIRING_SECRET_KEY": secrets.token_urlsafe(50),
            "PAIRING_FIELD_KEYS": f"demo1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "PAIRING_HMAC_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        half = path.with_suffix(".new")
        half.touch(mode=0o600)
        half.write_text(json.dumps(made))
        half.replace(path)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def settings(runtime: str, owner: str | None = None) -> dict[str, str]:
    """The environment of a process of the demo; only `migrate` gets the owner's address."""
    environment = {"PAIRING_PROFILE": "demo", "PAIRING_STATIC_ROOT": str(STATE / "static")} | keys()
    environment |= {name: value for name, value in os.environ.items() if name != "OWNER_DATABASE_URL"}
    environment["DATABASE_URL"] = runtime
    return environment | ({"OWNER_DATABASE_URL": owner} if owner else {})


def manage(environment: dict[str, str], *command: str) -> None:
    """Run a Django command or stop with its name; a signal ends it with all processes of its own."""
    process = subprocess.Popen(
        [PYTHON, "manage.py", *command], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        if process.wait():
            raise Stop(f"`manage.py {command[0]}` failed; see above.")
    except Stopped:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


# --- the database ------------------------------------------------------------------------------------------


def cluster() -> devpg.Cluster:
    """The demo's own PostgreSQL in the state folder."""
    return devpg.Cluster(devpg.place(STATE, "postgresql"), devpg.wheel_programs(VENV), keep=True)


@contextlib.contextmanager
def database(mend: bool = False) -> Iterator[tuple[str, str]]:
    """Have a database inside the block; gives its address for the runtime role and for the owner.

    Mending begins anew where the making of the demo was cut off; never in a PostgreSQL of one's own.
    """
    url = os.environ.get("DATABASE_URL")
    if url:
        yield url, os.environ.get("OWNER_DATABASE_URL", url)
        return
    server = cluster()
    with server.running():
        if mend and (STATE / HALF_MADE).exists():
            server.sql("DROP DATABASE IF EXISTS pairing WITH (FORCE)")
            forget(HALF_MADE)
        if not server.sql("SELECT 1 FROM pg_database WHERE datname = 'pairing'"):
            forget("migrated", "demo")
            for statement in devpg.make_database("pairing").splitlines():
                server.sql(statement)
        yield server.url(devpg.RUNTIME, "pairing"), server.url(devpg.OWNER, "pairing")


def forget(*stamps: str) -> None:
    """Remove stamps, so that their work is done again."""
    for stamp in stamps:
        (STATE / stamp).unlink(missing_ok=True)


def prepare(runtime: str, owner: str) -> None:
    """Bring translations, static files, tables and demo data up to date; unchanged ones are skipped."""
    packages = digest(DEMO_LOCK.name)
    environment = settings(runtime)

    def migrate() -> None:
        say("Preparing the database …")
        manage(settings(runtime, owner), "migrate", "--skip-checks", "--verbosity", "0")

    def collect() -> None:
        manage(environment, "collectstatic", "--skip-checks", "--no-input", "--clear", "--verbosity", "0")

    def translate() -> None:
        if call(PYTHON, "-m", "pairing.translations", "compile"):
            raise Stop("The translations could not be compiled.")

    def fill() -> None:
        if devpg.psql(devpg.wheel_programs(VENV), runtime, "SELECT 1 FROM pairing_user LIMIT 1"):
            if (STATE / HALF_MADE).exists():
                raise Stop("The making of the demo was cut off in your database; empty that one first.")
            return
        say("Making the demo county (a minute or two, once) …")
        (STATE / HALF_MADE).touch()
        manage(environment, "demo")
        forget(HALF_MADE)

    catalogue = "pairing/locale/*/LC_MESSAGES/django"
    if not list(ROOT.glob(f"{catalogue}.mo")):
        forget("translated")
    once(STATE / "translated", digest(f"{catalogue}.po"), translate)
    tables = digest("*/migrations/*.py", "*/models/*.py", "pairing/data/*", "pairing/grants.py",
                    "pairing/management/commands/migrate.py")  # fmt: skip
    statics = f"{digest('static/**/*', 'pairing/finders.py')} {packages}"
    with ThreadPoolExecutor(1) as beside:  # static files need no tables
        collected = beside.submit(once, STATE / "collected", statics, collect)
        once(STATE / "migrated", f"{tables} {packages} {owner}", migrate)
        collected.result()
    once(STATE / "demo", runtime, fill)


# --- commands ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Refuse a second site on the same data; the lock goes when this process does, however it ends."""
    with (STATE / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop("The site runs already on these data; stop it there first (Ctrl-C).") from None
        yield


def check_port(port: int) -> None:
    """Stop with a sentence when another program listens on the port."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Stop(f"Port {port} needs an administrator; choose one above 1023.") from None
            raise Stop(f"Port {port} is taken; choose another one: dev.py run --port {port + 1}") from None


def die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it is killed."""
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def check_space() -> None:
    """Raise OSError before anything is half made on a disk that has no room for packages or demo data."""
    for folder, made, needed in (
        (ROOT, VENV / "installed", 1_000_000_000),
        (STATE, STATE / "demo", 500_000_000),
    ):
        if not made.exists() and shutil.disk_usage(folder).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def run(port: int, reload: bool) -> None:
    """Serve the site with its demo data until a signal comes or the server ends."""
    check_port(port)
    with only_one():
        check_space()
        install(DEMO_LOCK)
        with database(mend=True) as (runtime, owner):
            prepare(runtime, owner)
            serve(settings(runtime), port, reload)


def serve(environment: dict[str, str], port: int, reload: bool) -> None:
    """Run gunicorn, print where the site is, and wait; Stop when it ends by itself."""
    command = [str(PYTHON), "-m", "gunicorn", "pairing.wsgi", "--no-control-socket", "--workers", "2",
               "--timeout", "120",  # applying a register of 20,000 rows is one request
               "--bind", f"127.0.0.1:{port}", "--log-level", "warning",
               # The path alone: what is searched for stays out of the log.
               "--access-logfile", str(STATE / "access.log"),
               "--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"]  # fmt: skip
    if reload:
        command.append("--reload")
        for path in [*(ROOT / "templates").rglob("*.html"), *ROOT.glob("pairing/locale/*/*/*.mo")]:
            command += ["--reload-extra-file", str(path)]
    else:
        command.append("--preload")  # the workers share what is loaded once
    # In a session of its own: Ctrl-C reaches this program alone, which then ends things in order.
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, preexec_fn=die_with_parent
    )
    try:
        signs = subprocess.run(
            [PYTHON, "manage.py", "demo", "--sign-ins"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        wait_for(server, port)
        say(f"\nPairing runs on http://localhost:{port} (Ctrl-C stops it)\n")
        if signs.returncode == 0:
            say(signs.stdout)
        code = server.wait()
        raise Stop(f"The server ended by itself with code {code}; see above.")
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with contextlib.suppress(ProcessLookupError):  # what is left of its group, when it was killed itself
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    """Return when the server takes connections; Stop when it ended or takes none within a minute."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise Stop("The server did not start; see above.")


def checks() -> bool:
    """Run all checks at once and show the output of those that found something."""
    environment = os.environ | {"PAIRING_PROFILE": "test"}
    commands: dict[str, Command] = {
        "linter": [VENV / "bin/ruff", "check", "--quiet"],
        "format": [VENV / "bin/ruff", "format", "--check", "--quiet"],
        "import floors": [VENV / "bin/lint-imports", "--no-logo"],
        "translations": [PYTHON, "-m", "pairing.translations", "check"],
        "types": [VENV / "bin/mypy", "--no-error-summary"],
    }
    started = {
        name: subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for name, command in commands.items()
    }
    good = True
    for name, process in started.items():
        output = process.communicate()[0]
        say(f"{name}: {'ok' if process.returncode == 0 else 'FAILED'}")
        if process.returncode:
            good = False
            print(output)
    return good


def check() -> int:
    """Run the checks alone; returns the exit code."""
    install()
    return 0 if checks() else 1


def fetch_browser() -> None:
    """Try to have a Chromium for the browser tests: the machine's, playwright's, or the system's package."""
    if any(map(shutil.which, BROWSERS)):
        return
    find = "from playwright.sync_api import sync_playwright as s; import os, sys\n"
    find += "with s() as p: sys.exit(not os.path.exists(p.chromium.executable_path))"
    if call(PYTHON, "-c", find) == 0:
        return
    say("Fetching Chromium for the browser tests …")
    attempts: list[Command] = [[PYTHON, "-m", "playwright", "install", "chromium"]]
    if os.getuid() == 0 and shutil.which("apt-get"):
        attempts.append(["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"])
    for command in attempts:
        with contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run(
                command, timeout=300, check=False, stdin=subprocess.DEVNULL, capture_output=True
            )
            if done.returncode == 0:
                return
    say("No Chromium could be fetched; the browser tests are left out.")


def test(everything: bool, arguments: list[str]) -> int:
    """Run checks and tests; returns the exit code."""
    install()
    if call(PYTHON, "-m", "pairing.translations", "compile"):
        raise Stop("The translations could not be compiled.")
    good = checks()
    fetch_browser()
    # While one test waits for the database, another works; the long part measures time and has no third beside it.
    pytest = in_parallel() if everything else [*in_parallel(beside=1), "-m", "not slow"]
    good = call(*pytest, *arguments) == 0 and good
    if everything and not arguments:
        good = test_postgres_15() and good
    if not good:
        say("Something FAILED; see above.")
    return 0 if good else 1


def in_parallel(beside: int = 0) -> Command:
    """The command that runs tests on all cores, and so many beside, shared out until the last one."""
    workers = max(2, os.cpu_count() or 2) + beside
    return [PYTHON, "-m", "pytest", "-n", str(workers), "--dist", "worksteal"]


def test_postgres_15() -> bool:
    """Run the core of the tests on PostgreSQL 15, the oldest that is supported, where it is installed."""
    if not (POSTGRES_15 / "initdb").exists():
        say("PostgreSQL 15 is not installed (apt install postgresql-15); its tests are left out.")
        return not os.environ.get("CI")
    server = devpg.Cluster(devpg.place(STATE, "tests-15"), POSTGRES_15, keep=False)
    with server.running():
        say("The core once more on PostgreSQL 15:")
        url = server.url(devpg.SUPERUSER, "postgres")
        command = [*in_parallel(), "-m", "not slow and not browser"]
        tests = [f"tests/{app}" for app in APPS]
        return call(*command, *tests, environment=os.environ | {"PAIRING_TEST_DATABASE_URL": url}) == 0


def manage_demo(arguments: list[str]) -> int:
    """Run a Django command in the demo's environment; `migrate` gets the owner's address."""
    install(DEMO_LOCK)
    with database() as (runtime, owner):
        environment = settings(runtime, owner if OWNERS_WORK.intersection(arguments[:1]) else None)
        return call(PYTHON, "manage.py", *arguments, environment=environment)


def code(name: str) -> int:
    """Print the second-factor code of a demo user; there are some only when the demo was made."""
    if not (STATE / "demo").exists():
        raise Stop("There is no demo yet; `python3 dev.py run` makes it.")
    return manage_demo(["demo_code", name])


def reset() -> None:
    """Delete the demo's database, keys, files and stamps; never a PostgreSQL of one's own."""
    with only_one():
        for name in ("postgresql", "tests", "tests-15"):
            folder = devpg.place(STATE, name)
            if folder.exists():
                devpg.Cluster(folder, devpg.wheel_programs(VENV), keep=False).remove()
        for path in STATE.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    say("The demo's data are deleted.")


def lock() -> int:
    """Renew the requirement files, with hashes and for all systems."""
    uv = shutil.which("uv", path=f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    if not uv:
        raise Stop("The lock is made by uv; install it first: pip install uv")
    flags = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    compile_ = [uv, "pip", "compile", "--quiet", "pyproject.toml", *flags]
    groups: dict[str, Command] = {
        "requirements.txt": [],
        DEMO_LOCK.name: ["--group", "demo"],
        DEV_LOCK.name: ["--group", "dev"],
    }
    return max(call(*compile_, *group, "-o", name) for name, group in groups.items())


# --- the command line --------------------------------------------------------------------------------------


def number_of_port(text: str) -> int:
    """A port from the command line."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 1 to 65535.")
    return int(text)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    runner = commands.add_parser("run")
    runner.add_argument("--port", type=number_of_port, default=8000)
    runner.add_argument("--reload", action="store_true")
    commands.add_parser("test").add_argument("--all", action="store_true")
    commands.add_parser("code").add_argument("name")
    for name in ("check", "manage", "reset", "lock"):
        commands.add_parser(name)
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in {"test", "manage"}:
        parser.error(f"unknown: {' '.join(rest)}")
    known.rest = rest
    return known


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    if arguments[:1] == ["manage"]:  # noqa: SIM108  # everything after it is Django's, options too
        options = argparse.Namespace(command="manage", rest=arguments[1:])
    else:
        options = parse(arguments)
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Compiled Python stays out of the tree; without any, each process would begin two seconds later.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "pycache"))
    work: dict[str, Callable[[], int | None]] = {
        "run": lambda: run(options.port, options.reload),
        "test": lambda: test(options.all, options.rest),
        "check": check,
        "code": lambda: code(options.name),
        "manage": lambda: manage_demo(options.rest),
        "reset": reset,
        "lock": lock,
    }
    return work[options.command]() or 0


def on_signal(number: int, _frame: FrameType | None) -> None:
    """Turn the first signal into an orderly end; further ones do not disturb it."""
    signal.signal(number, signal.SIG_IGN)
    raise Stopped(number)


def sentence(error: Exception) -> str:
    """What to tell about an error; one that nobody foresaw is raised again."""
    if isinstance(error, Stop | devpg.Failed):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full; about 1.5 GB are needed. Free some space and start again."
    raise error


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        sys.exit(main(sys.argv[1:]))
    except Stopped:
        say("\nStopped.")
    except (Stop, devpg.Failed, OSError) as error:
        sys.exit(sentence(error))
