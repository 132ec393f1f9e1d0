"""docs/operations.md keeps its promise to name every setting, metric and command."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy.orm import Session

from qcapp.cli import main
from qcapp.core.jobs import JobQueue
from qcapp.ops import metrics
from qcapp.settings import ROOT, Settings

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| `QCAPP_")
]


def written(default: object) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)


def test_every_setting_stands_in_the_table_with_its_default_and_meaning() -> None:
    assert [
        (f"QCAPP_{name.upper()}", written(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ] == ROWS


def test_every_metric_is_explained(session: Session, settings: Settings) -> None:
    exposed = metrics.expose(session, JobQueue(settings), settings.data_dir).decode()
    names = {family.name for family in text_string_to_metric_families(exposed)}
    names |= {
        "qcapp_transcription_realtime_factor",
        "qcapp_audit_head_info",
    }  # only there after the first one
    assert len(names) > 5
    assert [name for name in sorted(names) if name not in PAGE] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"qcapp ([a-z-]+)", PAGE)) - {"up"}))
def test_every_command_it_names_exists(command: str) -> None:
    assert command in main.commands


def test_secrets_may_be_files(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "qcapp_secret_key").write_text("from a file\n")
    assert Settings(_secrets_dir=tmp_path).secret_key.get_secret_value() == "from a file"
