"""The site as it runs in production: gunicorn with sync workers, on a free port of this machine."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from tests.databases import ROOT


@dataclass(frozen=True)
class Site:
    """A running site: its address without a slash at the end, and the process."""

    url: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def serve(workers: int = 2) -> Iterator[Site]:
    """Run gunicorn on the database of DATABASE_URL until the block ends.

    Raises RuntimeError with its last words when it does not answer within two minutes.
    """
    with socket.socket() as door, tempfile.TemporaryFile() as log:
        door.bind(("127.0.0.1", 0))
        door.listen(64)
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "pairing.wsgi", "--no-control-socket", "--preload",
             "--workers", str(workers), "--bind", f"fd://{door.fileno()}",
             "--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s"],
            cwd=ROOT, pass_fds=[door.fileno()], stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_for(url, process, log)
            yield Site(url, process)
        finally:
            process.terminate()
            process.wait(30)
            from tests import spilled  # not above: it is a plugin of the run

            log.seek(0)
            spilled.look_at_log(log.read().decode(errors="replace"))
            spilled.look_at_tables(os.environ["DATABASE_URL"])


def wait_for(url: str, process: subprocess.Popen[bytes], log: tempfile._TemporaryFileWrapper) -> None:
    """Return when the site answers anything at all."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(TimeoutError, ConnectionError):
            try:
                urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
            except urllib.error.HTTPError:
                return
            return
    log.seek(0)
    raise RuntimeError(f"The site does not answer: {log.read().decode()[-3000:]}")
