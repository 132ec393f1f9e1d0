"""The same promises from a local folder and from S3 (a real HTTP server that speaks its protocol)."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
import time_machine
from moto.server import ThreadedMotoServer

from qcapp.core import clock
from qcapp.core.errors import NoSpace, Unavailable
from qcapp.core.storage import CHUNK, Storage, derived_key, original_key, sha256_of
from tests.waiting import until

SHA = "ab" * 32


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty bucket, with the environment an administrator would set."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"calls-{time.monotonic_ns()}"
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    try:
        client.create_bucket(Bucket=bucket)
    finally:
        client.close()
    return f"s3://{bucket}/company"


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return Storage(request.getfixturevalue("s3") if request.param == "s3" else str(tmp_path / "files"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A little more than two blocks, none like another."""
    path = tmp_path / "call.wav"
    path.write_bytes(b"".join(number.to_bytes(4) for number in range((2 * CHUNK + 400) // 4)))
    return path


def test_what_is_put_can_be_read_back(storage: Storage, file: Path) -> None:
    key = original_key(SHA)
    storage.put(key, file)
    assert storage.has(key)
    assert storage.size(key) == file.stat().st_size
    assert storage.read(key) == file.read_bytes()


def test_a_range_is_exactly_the_bytes_asked_for(storage: Storage, file: Path) -> None:
    storage.put("original/x", file)
    data = file.read_bytes()
    last = len(data)
    for start, end in [(0, 1), (5, 5), (CHUNK - 1, CHUNK + 1), (100, 2 * CHUNK + 300), (last - 1, last)]:
        assert b"".join(storage.chunks("original/x", start, end)) == data[start:end]


def test_a_block_is_never_larger_than_promised(storage: Storage, file: Path) -> None:
    storage.put("original/x", file)
    blocks = storage.chunks("original/x", 0, file.stat().st_size)
    assert [len(block) for block in blocks] == [CHUNK, CHUNK, 400]


def test_a_second_put_never_replaces_the_original(storage: Storage, file: Path, tmp_path: Path) -> None:
    storage.put("original/x", file)
    other = tmp_path / "other"
    other.write_bytes(b"something else")
    storage.put("original/x", other)
    assert storage.read("original/x") == file.read_bytes()


def test_a_second_put_gives_the_file_a_new_date(storage: Storage, file: Path) -> None:
    storage.put("original/x", file)
    if storage.root is not None:  # whose dates do not follow the clock of a test
        os.utime(storage.root / "original/x", (0, 0))
    before = storage.modified("original/x")
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        storage.put("original/x", file)
    assert storage.modified("original/x") > before + timedelta(hours=1)
    assert storage.read("original/x") == file.read_bytes()


def test_a_file_larger_than_one_request_arrives_whole(storage: Storage, tmp_path: Path) -> None:
    large = tmp_path / "three hours.wav"
    with large.open("wb") as out:
        for number in range(70):
            out.write(bytes([number]) * CHUNK)
    storage.put("original/large", large)
    assert storage.size("original/large") == 70 * CHUNK
    with storage.local_path("original/large") as path:
        assert sha256_of(path) == sha256_of(large)


def test_missing_keys_are_said_to_be_missing(storage: Storage) -> None:
    assert not storage.has("original/none")
    with pytest.raises(FileNotFoundError):
        storage.size("original/none")
    with pytest.raises(FileNotFoundError):
        storage.read("original/none")
    with pytest.raises(FileNotFoundError):
        list(storage.chunks("original/none", 0, 10))
    with pytest.raises(FileNotFoundError), storage.local_path("original/none"):
        pass


def test_contents_lists_everything_with_its_size(storage: Storage, file: Path) -> None:
    keys = {original_key(SHA), derived_key(SHA, "peaks-1.bin")}
    for key in keys:
        storage.put(key, file)
    assert dict(storage.contents()) == dict.fromkeys(keys, file.stat().st_size)


def test_local_path_gives_a_file_with_the_same_bytes(storage: Storage, file: Path) -> None:
    storage.put("original/x", file)
    with storage.local_path("original/x") as path:
        assert path.read_bytes() == file.read_bytes()


def test_check_is_content_with_a_store_that_works(storage: Storage) -> None:
    storage.check()


def test_a_bucket_that_does_not_exist_is_refused_in_words(s3: str) -> None:
    storage = Storage("s3://no-such-bucket-here")
    with pytest.raises(Unavailable) as refusal:
        storage.check()
    assert "no-such-bucket" not in str(refusal.value)
    assert "127.0.0.1" not in str(refusal.value)


def test_a_server_that_is_gone_is_refused_in_words(
    s3: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        Storage(s3).put("original/x", file)


FILL = """
import resource, sys
from pathlib import Path
from qcapp.core.errors import NoSpace
from qcapp.core.storage import Storage

storage = Storage(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for deed in (lambda: storage.put("original/x", Path(sys.argv[2])), lambda: storage.check(200_000)):
    try:
        deed()
    except NoSpace as fault:
        print(fault)
"""


def test_a_disk_without_space_is_refused_in_words_and_leaves_nothing(tmp_path: Path, file: Path) -> None:
    """The process may write 100 kB and no more, as on a full disk or with a used-up quota."""
    folder = tmp_path / "files"
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(folder), str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("no space left") == 2
    assert str(tmp_path) not in done.stdout
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [".lock"]


def test_a_folder_that_cannot_be_made_is_refused_in_words(file: Path) -> None:
    with pytest.raises(Unavailable):
        Storage(str(file / "files"))


def test_a_folder_of_files_that_is_gone_is_not_a_file_that_is_missing(tmp_path: Path, file: Path) -> None:
    """As when the disk with the recordings is not mounted."""
    storage = Storage(str(tmp_path / "files"))
    storage.put("original/x", file)
    (tmp_path / "files").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable):
        storage.size("original/x")
    with pytest.raises(Unavailable), storage.local_path("original/x"):
        pass


def test_a_file_that_cannot_be_read_is_the_storages_fault(tmp_path: Path, file: Path) -> None:
    storage = Storage(str(tmp_path / "files"))
    storage.put("original/x", file)
    with pytest.raises(Unavailable), storage.local_path("original/x"):
        Path("/proc/self/mem").read_bytes()  # an input/output error, as of a broken disk
    with pytest.raises(NoSpace), storage.local_path("original/x"):
        Path("/dev/full").write_bytes(b"x")


PUT = """
import sys
from pathlib import Path
from qcapp.core.storage import Storage
Storage(sys.argv[1]).put("original/x", Path(sys.argv[2]))
"""


def test_what_a_killed_process_left_unfinished_is_no_file_and_goes_at_the_next_start(tmp_path: Path) -> None:
    """Its source never ends, so the kill comes in the middle."""
    folder, endless = tmp_path / "files", tmp_path / "endless"
    os.mkfifo(endless)

    def bytes_there() -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    process = subprocess.Popen([sys.executable, "-c", PUT, str(folder), str(endless)])
    with endless.open("wb", buffering=0) as source:
        source.write(b"x" * (2 * CHUNK))
        until(lambda: bytes_there() >= CHUNK)
        storage = Storage(str(folder))
        assert list(storage.contents()) == list(storage.in_part("rest")) == []
        storage.sweep()
        assert bytes_there() >= CHUNK  # it is still at work
        process.kill()
        process.wait()
    storage.sweep()
    assert bytes_there() == 0
