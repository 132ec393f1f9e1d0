"""The embedded model is joined once, verified, and refused in words when it is not what was published."""

from pathlib import Path

import pytest

from qcapp.core.errors import Refused
from qcapp.transcripts.engine import model_files
from qcapp.transcripts.engine.model_files import DIGESTS, EMBEDDED, find_model


@pytest.fixture(autouse=True)
def nothing_verified_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "_VERIFIED", set())


def test_the_embedded_model_is_joined_and_verified(tmp_path: Path) -> None:
    folder = find_model("", tmp_path)
    assert folder == tmp_path / "models" / EMBEDDED
    assert {path.name for path in folder.iterdir()} == set(DIGESTS)
    assert [path.name for path in folder.parent.iterdir()] == [EMBEDDED]


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
def test_a_changed_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    changed = find_model("", tmp_path) / name
    model_files._VERIFIED.clear()
    with changed.open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2")
    with pytest.raises(Refused, match=name):
        find_model("", tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (find_model("", tmp_path) / "vocabulary.txt").unlink()
    model_files._VERIFIED.clear()
    with pytest.raises(Refused, match=r"vocabulary\.txt"):
        find_model("", tmp_path)


def test_a_missing_wheel_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "PARTS", ("qcapp-has-no-such-wheel",))
    with pytest.raises(Refused, match="model-base"):
        find_model("", tmp_path)
    assert not (tmp_path / "models").exists()


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()
    assert find_model(str(tmp_path), tmp_path / "data") == tmp_path


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"model\.bin"):
        find_model(str(tmp_path), tmp_path / "data")


def test_a_name_that_cannot_be_fetched_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(Refused, match="nobody/no such model"):
        find_model("nobody/no such model", tmp_path)
