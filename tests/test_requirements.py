"""The versions that `make install` takes: those pyproject.toml asks for, each with hashes, from no named address."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pinned(file: Path) -> dict[str, list[Requirement]]:
    """The requirements of a file by the name of their package; more than one where Pythons differ."""
    found: dict[str, list[Requirement]] = {}
    for line in file.read_text().replace("\\\n", "").splitlines():
        text, _sign, hashes = line.partition("--hash")
        assert HASH.fullmatch(f"--hash{hashes}".split()[0]), line
        requirement = Requirement(text)
        assert [each.operator for each in requirement.specifier] == ["=="], line
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        (
            "product",
            [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()],
        ),
        ("product", [PROJECT["dependency-groups"]["build"], PROJECT["build-system"]["requires"]]),
        ("development", [PROJECT["dependency-groups"][group] for group in ("test", "check")]),
        ("bench", [PROJECT["dependency-groups"]["bench"]]),
    ],
)
def test_every_version_that_is_asked_for_is_written_down(name: str, asked: list[list[str]]) -> None:
    """After a change of pyproject.toml: `make lock`."""
    known = pinned(ROOT / "requirements" / f"{name}.txt")
    for wanted in map(Requirement, chain.from_iterable(asked)):
        versions = [each.specifier for each in known.get(canonicalize_name(wanted.name), [])]
        assert versions, f"{wanted} is not in {name}.txt"
        for version in versions:
            assert wanted.specifier.contains(str(version).removeprefix("==")), f"{wanted} but {version}"


def test_the_files_agree_with_each_other() -> None:
    versions: dict[str, set[str]] = {}
    for file in FILES:
        for package, requirements in pinned(file).items():
            told = {str(each.specifier) for each in requirements}
            assert versions.setdefault(package, told) == told, package


def test_no_address_is_named() -> None:
    assert FILES
    for file in FILES:
        assert not re.search(r"://|^\s*-(?!-hash)", file.read_text(), re.MULTILINE)
