"""``qcapp transcribe-file`` and ``qcapp evaluate``: the recogniser without a database."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from qcapp.core.i18n import _
from qcapp.core.supervision import usable_cores
from qcapp.settings import Settings
from qcapp.transcripts.engine.model_files import find_model
from qcapp.transcripts.engine.processes import EngineProcesses
from qcapp.transcripts.engine.transcribe import WhisperEngine
from qcapp.transcripts.engine.types import AUTO, Engine, Failure, Job, JobResult, Transcript
from qcapp.transcripts.evaluation.plain import PlainRun
from qcapp.transcripts.evaluation.report import evaluate as evaluate_calls
from qcapp.transcripts.evaluation.truth import read_known_calls
from qcapp.transcripts.formats import Format, as_dict, write


def _engine(settings: Settings, recordings: int, workers: int | None) -> Engine:
    """One recording gets all cores as threads, several get a process a core."""
    count = min(workers or usable_cores(), recordings)
    if count > 1:
        return EngineProcesses(settings.whisper_model, settings.data_dir, count)
    return WhisperEngine(settings.whisper_model, settings.data_dir, workers or usable_cores())


@click.command("transcribe-file")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--manager-channel", type=click.IntRange(0, 1), default=None, help="Where the manager is heard."
)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.TXT.value,
    show_default=True,
)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="A folder for one file a recording."
)
@click.option("--language", default=None, help=f"Language code, or {AUTO}.  [default: QCAPP_LANGUAGE]")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes.  [default: one per core]")
def transcribe_file(
    *,
    files: tuple[Path, ...],
    manager_channel: int | None,
    form: str,
    output: Path | None,
    language: str | None,
    workers: int | None,
) -> None:
    """Transcribe recordings without a database. Exit status 1 if some could not be read.

    Several recordings in JSON without --output become one list, each with its file.
    """
    settings = Settings()
    hotwords = ", ".join(filter(None, (settings.company, settings.vocabulary)))
    jobs = [
        Job(path, manager_channel, language or settings.language, hotwords, key=str(number))
        for number, path in enumerate(files)
    ]
    engine = _engine(settings, len(jobs), workers)
    failed = False
    made: list[dict[str, Any]] = []
    for outcome in _in_order(engine.transcribe(jobs)):
        path, result = outcome.job.path, outcome.result
        if isinstance(result, Failure):
            failed = True
            click.echo(f"{path.name}: {result.reason}", err=True)
        elif output is None and form == Format.JSON and len(files) > 1:
            made.append({"file": path.name, **as_dict(result)})
        else:
            _put(result, Format(form), path, output, several=len(files) > 1)
    if made:
        click.echo(json.dumps(made, ensure_ascii=False, indent=1))
    if failed:
        raise SystemExit(1)


def _in_order(outcomes: Iterator[JobResult]) -> Iterator[JobResult]:
    """As the files were named, each as soon as those before it are done."""
    ready: dict[int, JobResult] = {}
    following = 0
    for outcome in outcomes:
        ready[int(outcome.job.key)] = outcome
        while following in ready:
            yield ready.pop(following)
            following += 1


def _put(result: Transcript, form: Format, path: Path, output: Path | None, *, several: bool) -> None:
    if output is None:
        if several:
            click.echo(f"== {path.name}")
        click.echo(write(result, form), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    # The whole name, so that call.wav and call.mp3 do not overwrite each other.
    (output / f"{path.name}.{form.value}").write_text(write(result, form), encoding="utf-8")


@click.command("evaluate")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--no-plain", is_flag=True, help="Leave out the plain run, which takes most of the time.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes.  [default: one per core]")
def evaluate(folder: Path, as_json: bool, no_plain: bool, workers: int | None) -> None:
    """Measure transcripts of FOLDER's recordings against the truth in the JSON beside each."""
    settings = Settings()
    calls = read_known_calls(folder)
    engine = _engine(settings, len(calls), workers)
    folder_of_model = find_model(settings.whisper_model, settings.data_dir)
    plain = None if no_plain else PlainRun(folder_of_model, usable_cores())
    with click.progressbar(length=len(calls), label=_("Recordings"), file=sys.stderr) as bar:
        report = evaluate_calls(calls, engine, plain, lambda: bar.update(1))
    click.echo(json.dumps(report, ensure_ascii=False, indent=1) if as_json else _table(report))


COLUMNS = ("wer", "cer", "plain_wer", "speaker_accuracy", "phantom_segments", "start_error_s")


def _table(report: dict[str, Any]) -> str:
    calls = [*report["calls"], {"id": "overall", **report["overall"]}]
    rows = [["id", *COLUMNS]]
    rows += [
        [call["id"], *("–" if call[name] is None else str(call[name]) for name in COLUMNS)] for call in calls
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
