"""A script on paper, to keep by the telephone: an A4 Word document that can still be edited."""

import io
from collections.abc import Mapping

import docx
from docx.document import Document
from docx.shared import Cm, Pt, RGBColor

from qcapp.callscripts.blocks import Block
from qcapp.callscripts.wording import DraftWording

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Arial"  # every office has it, with Cyrillic
NOT_IN_XML = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def print_script(
    title: str, about: str, wording: DraftWording, titles: Mapping[Block, str], *, author: str
) -> bytes:
    """The document: heading by block, the objections as a table with the answer beside each."""
    document = docx.Document()
    _set_up(document)
    document.core_properties.title, document.core_properties.author = _clean(title), _clean(author)
    document.core_properties.comments = ""
    document.add_heading(_clean(title), 0)
    document.add_paragraph(_clean(about))
    for block in Block:
        document.add_heading(_clean(titles[block]), 1)
        if block is Block.OBJECTIONS:
            _table(document, wording)
        else:
            for line in _clean(wording.text(block)).splitlines():
                document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _table(document: Document, wording: DraftWording) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for each in wording.objections:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = _clean(each.objection), _clean(each.answer)
        cells[0].width, cells[1].width = Cm(5), Cm(13)
        for run in cells[0].paragraphs[0].runs:
            run.bold = True


def _set_up(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)
    for name, size in (("Normal", 12), ("Title", 18), ("Heading 1", 13)):
        font = document.styles[name].font
        font.name, font.size, font.color.rgb = FONT, Pt(size), RGBColor(0, 0, 0)
        fonts = document.styles[name].element.rPr.rFonts
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]  # the template's theme would win over the font
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _clean(text: str) -> str:
    return text.translate(NOT_IN_XML)
