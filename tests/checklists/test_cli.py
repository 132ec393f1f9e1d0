"""The commands, as typed."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from flask import Flask

from qcapp.checklists.card_files import read_card
from qcapp.checklists.cli import checklists_commands
from qcapp.cli import Commands

SHIPPED = Path(__file__).parents[2] / "checklists"
Qcapp = Callable[..., Result]


@pytest.fixture
def qcapp(app: Flask, people: SimpleNamespace) -> Qcapp:
    """``qcapp("checklists", …)`` runs the command as the command line does, with the cast in the database."""
    main = Commands("qcapp", commands=[checklists_commands])

    def run(*words: object) -> Result:
        return app.test_cli_runner().invoke(main, [str(word) for word in words])

    return run


def test_check_load_and_export(qcapp: Qcapp, tmp_path: Path) -> None:
    checked = qcapp("checklists", "check", SHIPPED)
    assert checked.exit_code == 0, checked.output
    assert "cold_first_contact.yaml: in order, 21 items." in checked.output
    loaded = qcapp("checklists", "load", SHIPPED, "--by", "lidia")
    assert loaded.exit_code == 0, loaded.output
    assert loaded.output.count("new checklist") == 5
    assert qcapp("checklists", "load", SHIPPED).output.count("unchanged") == 5
    out = tmp_path / "out.yaml"
    assert qcapp("checklists", "export", "hot_site_lead", "--output", out).exit_code == 0
    assert read_card(out) == read_card(SHIPPED / "hot_site_lead.yaml")
    assert qcapp("checklists", "load", out).output.count("unchanged") == 1


def test_one_wrong_file_and_nothing_is_loaded(qcapp: Qcapp, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("key: wrong\nwieght: 1\n", encoding="utf-8")
    loaded = qcapp("checklists", "load", SHIPPED, wrong)
    assert loaded.exit_code == 1
    assert "wrong.yaml, line 2: wieght: unknown field “wieght”." in loaded.output
    assert "Traceback" not in loaded.output
    assert qcapp("checklists", "export", "cold_first_contact").exit_code == 1


def test_two_files_with_one_key_are_refused(qcapp: Qcapp, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_bytes((SHIPPED / "hot_site_lead.yaml").read_bytes())
    checked = qcapp("checklists", "check", SHIPPED, tmp_path / "again.yaml")
    assert checked.exit_code == 1
    assert "has the key “hot_site_lead” too" in checked.output


def test_unknown_people_and_checklists_are_named(qcapp: Qcapp, tmp_path: Path) -> None:
    assert "no person with the login “ghost”" in qcapp("checklists", "load", SHIPPED, "--by", "ghost").output
    assert "no checklist with the key “ghost”" in qcapp("checklists", "export", "ghost").output
    assert "there is no *.yaml" in qcapp("checklists", "check", tmp_path).output
    assert qcapp("checklists", "load", SHIPPED, "--by", "roman").exit_code == 1


def test_a_draft_is_loaded_without_being_in_force(qcapp: Qcapp) -> None:
    assert qcapp("checklists", "load", SHIPPED / "hot_site_lead.yaml", "--draft").exit_code == 0
    assert qcapp("checklists", "export", "hot_site_lead", "--version", "1").exit_code == 0
    assert qcapp("checklists", "export", "hot_site_lead", "--version", "2").exit_code == 1
