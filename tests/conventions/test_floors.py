"""Imports point down: between the three apps, and between the layers inside each (pyproject.toml)."""

import tomllib

from importlinter.cli import lint_imports

from tests.databases import ROOT

LAYERED = {"pairing", "households", "visits"}


def test_contracts_are_kept(capsys, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert not failed, capsys.readouterr().out


def test_every_app_has_layers() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    held = {name for contract in linter["contracts"] for name in contract.get("containers", ())}
    assert held == LAYERED == set(linter["root_packages"])
