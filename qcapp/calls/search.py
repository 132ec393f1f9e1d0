"""What was said in a call, as the list of calls searches it. The transcripts fill it whenever their text changes."""

from qcapp.core.db import Base
from qcapp.core.text_index import TextIndex

spoken = TextIndex("transcript_search", owner="call")
spoken.attach(Base.metadata)
