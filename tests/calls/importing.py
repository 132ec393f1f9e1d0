"""A small exchange for the tests of imports: recordings named by FreePBX, and their CDR."""

from pathlib import Path

from flask import Flask

from qcapp.calls.import_options import ImportFile, ImportOptions
from qcapp.calls.import_report import ImportReport
from qcapp.calls.import_run import import_batch
from qcapp.people.models import User
from tests.factories import odd_audio

MOSCOW = ImportOptions(timezone="Europe/Moscow", with_playback=False)
FIRST = "out-79460114420-201-20261006-101204-1791270724.126.wav"
SECOND = "in-74970010200-74970133512-20261022-095826-1792652306.217.wav"
# accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end …
CDR = "\n".join(
    [
        '"","201","79460114420","int","V","PJSIP/201-1","PJSIP/trunk-2","Dial","x","2026-10-06 10:12:04",'
        '"2026-10-06 10:12:13","2026-10-06 10:14:54",170,161,"ANSWERED","D","1791270724.126",""',
        '"","74970133512","301","did","7","PJSIP/trunk-1","PJSIP/301-2","Dial","x","2026-10-22 09:58:26",'
        '"2026-10-22 09:58:30","2026-10-22 10:00:33",127,123,"ANSWERED","D","1792652306.217",""',
        '"","201","79460114420","int","V","PJSIP/201-3","PJSIP/trunk-4","Dial","x","2026-10-06 09:41:10",'
        ',"2026-10-06 09:41:37",27,0,"NO ANSWER","D","1791268870.118",""',
        '"","999","79460114499","int","V","PJSIP/999-3","PJSIP/trunk-4","Dial","x","2026-10-07 09:41:10",'
        '"2026-10-07 09:41:12","2026-10-07 09:41:37",27,25,"ANSWERED","D","1791355270.119",""',
    ]
)


class Exchange:
    """Files in a folder, and imports of them."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.database = app.extensions["qcapp_database"]
        self.storage = app.extensions["qcapp_storage"]

    def file(self, name: str, content: bytes | None = None, seed: int = 0) -> ImportFile:
        place = self.folder / str(len(list(self.folder.iterdir())))
        place.mkdir()
        return ImportFile(odd_audio.write(place, name, content or odd_audio.wav(1.0, 2, seed=seed)), name)

    def cdr(self, text: str = CDR, name: str = "Master.csv") -> ImportFile:
        return self.file(name, text.encode())

    def take(
        self,
        *files: ImportFile,
        cdrs: tuple[ImportFile, ...] = (),
        options: ImportOptions = MOSCOW,
        by: User | None = None,
    ) -> ImportReport:
        return import_batch(self.database, self.storage, files, cdrs, options, by=by)
