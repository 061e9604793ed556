"""The start on a bare machine: clear sentences for what is missing, and a database that survives."""

import contextlib
import importlib.metadata
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import dev
import devpg
from tests.databases import ROOT


@pytest.fixture
def cluster(tmp_path):
    made = devpg.Cluster(devpg.place(tmp_path, "cluster"), devpg.wheel_programs(Path(sys.prefix)), keep=True)
    yield made
    made.remove()


def postmaster(cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


@pytest.mark.slow
def test_data_survive_a_killed_server_and_the_last_one_out_stops_it(cluster) -> None:
    cluster.own(cluster.folder)
    (cluster.folder / "data.new").mkdir()  # left by a start that was cut off
    with cluster.running() as found:
        assert found == ["postgres"]
        cluster.sql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('家')")
        with cluster.running() as second:
            assert second == []
        assert cluster.answers()
        os.kill(postmaster(cluster), signal.SIGKILL)
    assert not cluster.answers()
    with cluster.running():
        assert cluster.sql("SELECT word FROM kept") == "家"
        assert cluster.sql("SHOW fsync") == "on"
        assert cluster.sql("CREATE EXTENSION pg_trgm; SELECT show_trgm('张三丰') <> '{}'") == "t"
    assert not cluster.answers()


def test_a_socket_folder_of_somebody_else_is_refused(cluster) -> None:
    cluster.socket.chmod(0o755)
    with pytest.raises(devpg.Failed, match="not a private folder"):
        cluster.own(cluster.socket)


def test_a_taken_port_is_said() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        with pytest.raises(dev.Stop, match=f"Port {port} is taken"):
            dev.check_port(port)


@pytest.mark.parametrize("port", ["80x", "0", "65536", "８０"])
def test_what_is_no_port_is_said(port, capsys) -> None:
    with pytest.raises(SystemExit):
        dev.parse(["run", "--port", port])
    assert f"{port} is no port; give a number from 1 to 65535." in capsys.readouterr().err


def test_a_code_before_there_is_a_demo(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dev, "STATE", tmp_path)
    with pytest.raises(dev.Stop, match="no demo yet"):
        dev.code("staff")


def test_an_older_python_is_told_what_is_needed() -> None:
    head = (ROOT / "dev.py").read_text().split("import argparse")[0]
    older = head.replace("import sys\n", "import sys\nsys.version_info = (3, 9)\n", 1)
    done = subprocess.run([sys.executable, "-c", older], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Pairing needs Python 3.11 or newer; this is 3.9.\n")
    compile(head, "dev.py", "exec")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Failed to establish a new connection: NewConnectionError", "is there a network"),
        ("ERROR: hashes do not match", "hashes do not match"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said, sentence) -> None:
    assert sentence in str(dev.pip_failure(said))


def test_a_full_disk_is_said() -> None:
    assert "disk is full" in dev.sentence(dev.pip_failure("[Errno 28] No space left on device"))
    assert "disk is full" in dev.sentence(devpg.disk_full(devpg.Failed("No space left on device")))


@pytest.mark.parametrize(
    ("free", "made", "said"), [(9e8, False, True), (9e8, True, False), (2e9, False, False)]
)
def test_too_little_room_is_said_before_anything_is_half_made(
    tmp_path, monkeypatch, free, made, said
) -> None:
    monkeypatch.setattr(dev, "STATE", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    if made:
        (tmp_path / "installed").touch()
    with pytest.raises(OSError, match="No space left") if said else contextlib.nullcontext():
        dev.check_space()


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dev, "STATE", tmp_path)
    first = dev.keys()
    assert dev.keys() == first
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_work_is_done_again_only_when_its_mark_changes(tmp_path) -> None:
    done = []
    for mark in ("one", "one", "two"):
        dev.once(tmp_path / "stamp", mark, lambda mark=mark: done.append(mark))
    assert done == ["one", "two"]


def test_django_speaks_through_psycopg2() -> None:
    # Django prefers psycopg 3 silently where both are installed.
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("psycopg")
