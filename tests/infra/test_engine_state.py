"""What a run leaves is all it did or, told so, all that was there before: never a mixture, never less."""

from __future__ import annotations

import errno
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.clock import LocalClock
from infra.local.engine_state import ALWAYS, EngineState
from infra.local.state import StateError, write_whole

MONTH = timedelta(days=30)
NO_ROOM = "no queda espacio en el disco"


def save(place: Path, content: str, names: frozenset[str] = ALWAYS) -> None:
    """Do as the engine does when it stops: a new file in the place of each."""
    (place / "state").mkdir(exist_ok=True)
    for name in names:
        unfinished = place / "state" / f"{name}.tmp"
        unfinished.write_text(json.dumps(content))
        unfinished.replace(place / "state" / name)


def kept(place: Path) -> dict[str, str]:
    return {path.name: json.loads(path.read_text()) for path in (place / "state").glob("*.json")}


def a_run(place: Path) -> EngineState:
    keeper = EngineState(place, lambda _: None)
    keeper.prepare()
    return keeper


def hear(keeper: EngineState, place: Path, *lines: str) -> None:
    keeper.listen(io.BytesIO("\n".join(lines).encode()), place / "ministack.log")


def test_all_that_the_engine_saved_stays(tmp_path: Path) -> None:
    save(tmp_path, "before")
    keeper = a_run(tmp_path)
    keeper.make_room()
    save(tmp_path, "now")

    keeper.settle(ended=True)

    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "now")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EFBIG])
def test_of_a_save_that_failed_in_part_nothing_stays_and_what_was_there_before_does(
    tmp_path: Path, number: int
) -> None:
    save(tmp_path, "before")
    keeper = a_run(tmp_path)
    line = f"ERROR [persistence] Persistence: failed to save dynamodb: [Errno {number}] why"
    hear(keeper, tmp_path, line)
    keeper.make_room()
    save(tmp_path, "now", ALWAYS - {"dynamodb.json"} | {"new.json"})

    with pytest.raises(StateError, match="NO SE GUARDÓ lo hecho en esta ejecución") as told:
        keeper.settle(ended=True)

    assert "Queda lo guardado el " in str(told.value)
    assert "[Errno" not in str(told.value)
    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "before")


def test_an_engine_that_said_nothing_and_left_old_files_saved_nothing(tmp_path: Path) -> None:
    save(tmp_path, "before")
    keeper = a_run(tmp_path)
    keeper.make_room()
    save(tmp_path, "now", ALWAYS - {"kms.json"})

    with pytest.raises(StateError, match="el motor se cortó antes de terminar"):
        keeper.settle(ended=True)

    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "before")


def test_an_engine_that_was_killed_saved_nothing(tmp_path: Path) -> None:
    keeper = a_run(tmp_path)
    keeper.make_room()
    save(tmp_path, "now")

    with pytest.raises(StateError, match="Antes no había nada guardado"):
        keeper.settle(ended=False)

    assert kept(tmp_path) == {}


def test_a_document_that_found_no_room_is_named_though_the_rest_is_saved(tmp_path: Path) -> None:
    said: list[str] = []
    keeper = EngineState(tmp_path, said.append)
    keeper.prepare()
    hear(keeper, tmp_path, "WARNING [s3] Failed to persist S3 object a-bucket/a/key.pdf: [Errno 28] No space left")
    keeper.make_room()
    save(tmp_path, "now")

    with pytest.raises(StateError, match=r"Quedó guardado todo, menos .*\n  a-bucket/a/key.pdf"):
        keeper.settle(ended=True)

    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "now")
    assert len(said) == 1


def test_what_the_engine_could_not_read_ends_the_start(tmp_path: Path) -> None:
    keeper = a_run(tmp_path)
    hear(keeper, tmp_path, "ERROR [ministack] Failed to restore persisted state for kms; continuing fresh")
    keeper.make_room()

    with pytest.raises(StateError, match="no pudo leer lo guardado"):
        keeper.require_loaded()


def test_a_save_that_was_cut_short_midway_is_undone_at_the_next_start(tmp_path: Path) -> None:
    save(tmp_path, "before")
    a_run(tmp_path)
    save(tmp_path, "now", ALWAYS - {"sqs.json"})

    a_run(tmp_path)

    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "before")


def test_a_whole_save_that_nobody_looked_at_stays(tmp_path: Path) -> None:
    save(tmp_path, "before")
    a_run(tmp_path)
    save(tmp_path, "now")

    a_run(tmp_path)

    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "now")


def test_damaged_state_is_told_before_the_start_and_left_as_it_is(tmp_path: Path) -> None:
    save(tmp_path, "before")
    (tmp_path / "state" / "sqs.json").write_text('{"half')

    with pytest.raises(StateError, match=r"sqs\.json está dañado, y nada se ha cambiado"):
        a_run(tmp_path)

    assert (tmp_path / "state" / "sqs.json").read_text() == '{"half'


def test_a_full_disk_is_told_before_the_start(tmp_path: Path) -> None:
    save(tmp_path, "before")
    (tmp_path / "reserve").symlink_to("/dev/full")

    with pytest.raises(StateError, match=f"No se puede guardar en .*: {NO_ROOM}. Nada se ha empezado"):
        a_run(tmp_path)

    assert kept(tmp_path) == dict.fromkeys(ALWAYS, "before")


def test_a_folder_that_takes_no_file_is_told_before_the_start() -> None:
    with pytest.raises(StateError, match="No se puede guardar en"):
        a_run(Path("/proc/nobody/writes/here"))


def test_the_room_for_the_save_is_held_during_the_run_and_given_back_for_it(tmp_path: Path) -> None:
    keeper = a_run(tmp_path)
    assert (tmp_path / "reserve").stat().st_size >= 8_000_000

    keeper.make_room()

    assert not (tmp_path / "reserve").exists()


def test_a_file_that_cannot_be_written_whole_stays_what_it_was(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    (tmp_path / "file.new").symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space left") as full:
        write_whole(file, b"now")

    assert full.value.errno == errno.ENOSPC
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "before")]
    write_whole(file, b"now")
    assert file.read_text() == "now"


def test_a_clock_that_cannot_be_noted_stays_where_it_is(tmp_path: Path) -> None:
    clock = LocalClock(tmp_path / "clock")
    (tmp_path / "clock.new").symlink_to("/dev/full")
    before = clock()

    with pytest.raises(OSError, match="No space left"):
        clock.put_forward(MONTH)

    assert clock() - before < MONTH
    assert LocalClock(tmp_path / "clock")() - before < MONTH
