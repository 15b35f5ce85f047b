"""The drill: a backup is made, the data folder is lost, the backup is put back, and everything is proved."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.rights.backup import BackupError, make_backup
from orchestration.rights.restore import restore_backup
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.receipts import Receipt, load_signer, receipt_is_genuine
from schemas.sealing import Identity, new_identity, write_secret
from tests.integration.rights.conftest import NOW, Filled, files_with
from tests.integration.web.conftest import serving

CommandLine = Callable[..., Any]


def test_a_lost_data_folder_comes_back_whole(yoursay: CommandLine, filled: Filled, tmp_path: Path) -> None:
    root, key = filled.data.root, tmp_path / "offline" / "backup.key"
    assert yoursay("erase", "--response", filled.others[0], "--officer", "ruth").code == 0
    ledger = yoursay("ledger", "--json").json
    assert yoursay("keys", "backup", key).code == 0
    made, keys = tmp_path / "data.age", tmp_path / "keys.age"
    assert yoursay("backup", made).code == 0
    assert yoursay("backup", keys, "--keys").code == 0
    assert files_with(tmp_path / "offline", ("Quillstone",)) == set()
    shutil.rmtree(root)

    back = yoursay("restore", made, "--identity", key, "--json")
    assert (back.code, back.json["logs"]) == (0, {"landing/bus-shelters": 15, "decisions/bus-shelters": 3})
    assert not (root / "keys").exists()
    assert yoursay("restore", keys, "--identity", key).code == 0
    verified = yoursay("landing", "verify", "--json").json
    assert (verified["landing"]["problems"], verified["decisions"]["problems"], verified["erased"]) == ([], [], 1)
    public = load_signer(root / "public-server" / "signing.key").public_bytes
    assert [receipt_is_genuine(Receipt.model_validate(one), public) for one in filled.receipts] == [True] * 4
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("ledger", "--json").json == ledger
    with serving(filled.data, SteppedClock(NOW)) as url:
        assert yoursay("pull", "--url", url).code == 0


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "backup.key"
    write_secret(file, new_identity().secret)
    return file


@pytest.fixture
def small(tmp_path: Path, data: DataFolder, key: Path) -> Path:
    """A backup of a folder of two files."""
    (data.root / "releases").mkdir()
    (data.root / "releases" / "one.csv").write_text("a,b\n" * 50_000, "utf-8")
    (data.root / "sources.toml").write_text("[web]\n", "utf-8")
    out = tmp_path / "small.age"
    make_backup(data, out, [Identity(key.read_text().strip()).recipient])
    return out


@pytest.mark.parametrize("place", [10, 300, 70_000, 150_000, -1])
def test_one_changed_byte_is_found_and_nothing_is_put_back(small: Path, key: Path, tmp_path: Path, place: int) -> None:
    content = bytearray(small.read_bytes())
    content[place] ^= 1
    small.write_bytes(content)
    _refused(small, key, tmp_path)


@pytest.mark.parametrize("kept", [0, 100, 65_536 + 300, -1])
def test_a_cut_off_backup_is_found_and_nothing_is_put_back(small: Path, key: Path, tmp_path: Path, kept: int) -> None:
    small.write_bytes(small.read_bytes()[:kept])
    _refused(small, key, tmp_path)


def test_another_key_opens_nothing(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    write_secret(other, new_identity().secret)
    _refused(small, other, tmp_path)


def _refused(backup: Path, key: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BackupError) as refused:
        restore_backup(backup, key, DataFolder(tmp_path / "new"))
    assert str(refused.value) == f"{backup}: damaged, cut off, or sealed for another key; nothing was put back."
    assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_ever_replaced(small: Path, key: Path, data: DataFolder, tmp_path: Path) -> None:
    (data.root / "sources.toml").write_text("another", "utf-8")
    with pytest.raises(BackupError, match="holds data; a backup never replaces any"):
        restore_backup(small, key, data)
    assert (data.root / "sources.toml").read_text("utf-8") == "another"
    with pytest.raises(BackupError, match="is there already; a backup never replaces another"):
        make_backup(data, small, [new_identity().recipient])
    new = DataFolder(tmp_path / "new")
    assert restore_backup(small, key, new).files == 2
    assert (new.root / "releases" / "one.csv").read_text("utf-8") == "a,b\n" * 50_000


def test_without_a_recipient_no_backup_is_made(yoursay: CommandLine, data: DataFolder, tmp_path: Path) -> None:
    none = yoursay("backup", tmp_path / "out.age")
    wrong = yoursay("backup", tmp_path / "out.age", "--recipient", "age1nobody")
    assert [(one.code, one.err) for one in (none, wrong)] == [
        (
            1,
            "yoursay: Nobody could open the backup: make a key for it with 'yoursay keys backup', or name one.\n",
        ),
        (1, "yoursay: A recipient of a backup is an age key such as age1...; this is none.\n"),
    ]
    assert not (tmp_path / "out.age").exists()
