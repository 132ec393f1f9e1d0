"""The form that begins an import."""

from zoneinfo import ZoneInfo, available_timezones

from wtforms import MultipleFileField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from qcapp.calls.import_options import ImportOptions
from qcapp.calls.importers.cdr import CdrFormat
from qcapp.calls.states import BatchOrigin
from qcapp.core import clock
from qcapp.core.formats import signed
from qcapp.core.forms import PageForm
from qcapp.core.i18n import _, lazy

# The zones of Russia from west to east, asked for most; all others follow by name.
RUSSIAN_ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Novosibirsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)
FORMATS = {
    CdrFormat.AUTO: lazy("find out"),
    CdrFormat.CDR_CSV: lazy("Asterisk cdr_csv (account code first)"),
    CdrFormat.CDR_CUSTOM: lazy("Asterisk cdr_custom (caller id first)"),
    CdrFormat.HEADER: lazy("a header names the columns"),
}


class ImportForm(PageForm):
    files = MultipleFileField(lazy("Recordings"))
    cdr = MultipleFileField(lazy("CDR of the exchange"))
    timezone = SelectField(lazy("Time zone of the CDR and the file names"), [Optional()])
    source = StringField(lazy("Exchange"), [InputRequired(), Length(max=100)], default="default")
    manager_channel = SelectField(lazy("The manager's channel"), [Optional()])
    cdr_format = SelectField(lazy("Columns of the CDR"), default=CdrFormat.AUTO.value)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        as_known = SelectChoice("", _("as known for this exchange – otherwise choose"))
        self.timezone.choices = [as_known, *_zones()]
        self.manager_channel.choices = [
            SelectChoice("", _("as the exchange says, else as usual")),
            SelectChoice("0", _("left")),
            SelectChoice("1", _("right")),
        ]
        self.cdr_format.choices = [SelectChoice(kind.value, label) for kind, label in FORMATS.items()]

    def options(self) -> ImportOptions:
        """What was chosen. A copy for listening is made later, so that the upload does not wait for it."""
        channel = self.manager_channel.data
        return ImportOptions(
            source=self.source.data.strip(),
            timezone=self.timezone.data or None,
            manager_channel=int(channel) if channel else None,
            cdr_format=CdrFormat(self.cdr_format.data),
            origin=BatchOrigin.UPLOAD,
            with_playback=False,
        )


class ZoneForm(PageForm):
    """The zone an import should have been read in."""

    timezone = SelectField(lazy("Right time zone"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.timezone.choices = _zones()


def _zones() -> list[SelectChoice]:
    others = sorted(available_timezones() - {*RUSSIAN_ZONES, "UTC", "localtime", "Factory"})
    return [
        SelectChoice("UTC", _("UTC (usegmtime=yes)")),
        *(SelectChoice(zone, shown_zone(zone), optgroup=_("Russia")) for zone in RUSSIAN_ZONES),
        *(SelectChoice(zone, zone, optgroup=_("Everywhere")) for zone in others),
    ]


def shown_zone(zone: str) -> str:
    """Europe/Moscow (UTC+3)."""
    offset = clock.now().astimezone(ZoneInfo(zone)).utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else 0
    return f"{zone} (UTC{signed(hours)})"
