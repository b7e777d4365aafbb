"""The database of keys while a gateway runs: put back from a backup, damaged, locked or gone."""

import fcntl
import os
import shutil
import signal
import sqlite3
import time

import pytest

import wire
from gate import Gate, run

LOOKED = "the key store cannot be read"
REPLACED = "the key database was replaced"
AGAIN = "the key store can be read again"


@pytest.fixture
def gate(recorder, tmp_path):
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        yield gate


def database(gate):
    return gate.folder / "state" / "gatehouse.db"


def change(gate, sql):
    """As another program would."""
    with sqlite3.connect(database(gate), isolation_level=None) as other:
        other.execute(sql)
    other.close()


def back_up(gate):
    """As docs/operations.md says: `sqlite3 gatehouse.db ".backup FILE"`."""
    copy = gate.folder / "backup.db"
    with sqlite3.connect(database(gate)) as origin, sqlite3.connect(copy) as backup:
        origin.backup(backup)
    origin.close()
    backup.close()
    return copy


def restore(gate, backup):
    """`sqlite3 gatehouse.db ".restore FILE"`."""
    with sqlite3.connect(backup) as origin, sqlite3.connect(database(gate)) as copy:
        origin.backup(copy)
    origin.close()
    copy.close()


def put_in_place(gate, backup):
    """The commands for a database that is damaged or gone: `install -m 0600`, `mv`."""
    whole = gate.folder / "state" / "restored.db"
    shutil.copyfile(backup, whole)
    whole.chmod(0o600)
    whole.rename(database(gate))


def start_again(gate):
    gate.log.close()
    return gate.__enter__()


WAYS = {"restore": restore, "put in place": put_in_place}


@pytest.mark.parametrize("way", WAYS)
def test_a_backup_is_restored_while_the_gateway_runs(gate, way):
    """With nothing else done to the state, its keys are the keys: at once, to commands, and after a
    restart."""
    backup = back_up(gate)
    rogue = gate.create_key("alpha", "rogue")
    assert wire.wait_for(lambda: gate.chat(key=rogue).status == 200)
    WAYS[way](gate, backup)
    assert wire.wait_for(lambda: gate.chat(key=rogue).status == 401)
    assert gate.chat().status == 200
    assert "rogue" not in run("keys", "list", "-c", gate.policy).stdout
    newest = gate.create_key("alpha", "newest")
    assert wire.wait_for(lambda: gate.chat(key=newest).status == 200)
    assert run("keys", "revoke", "-c", gate.policy, "alpha/newest", "--now").returncode == 0
    assert wire.wait_for(lambda: gate.chat(key=newest).status == 401)
    if way == "put in place":
        assert gate.says(REPLACED)
    gate.terminate()
    gate.stopped()
    start_again(gate)
    assert (gate.chat().status, gate.chat(key=rogue).status) == (200, 401)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_backup_is_restored_after_the_gateway_has_ended(gate, way, end):
    backup = back_up(gate)
    rogue = gate.create_key("alpha", "rogue")
    assert wire.wait_for(lambda: gate.chat(key=rogue).status == 200)
    gate.process.send_signal(end)
    gate.stopped()
    WAYS[way](gate, backup)
    assert "rogue" not in run("keys", "list", "-c", gate.policy).stdout
    start_again(gate)
    assert (gate.chat().status, gate.chat(key=rogue).status) == (200, 401)


def test_a_copy_of_the_directory_that_is_restored(gate):
    """The other backup: while nothing runs, all of it is copied, and put back."""
    gate.terminate()
    gate.stopped()
    state = gate.folder / "state"
    shutil.copytree(state, gate.folder / "copy")
    rogue = gate.create_key("alpha", "rogue")
    shutil.rmtree(state)
    shutil.copytree(gate.folder / "copy", state)
    start_again(gate)
    assert (gate.chat().status, gate.chat(key=rogue).status) == (200, 401)


def test_a_log_that_another_program_left(gate):
    """SQLite would take it for changes of whatever database is beside it."""
    log = gate.folder / "state" / "gatehouse.db-wal"
    log.write_bytes(b"changes")
    done = run("keys", "list", "-c", gate.policy)
    assert done.returncode == 2 and f"{log}` lies there" in done.stderr
    assert "remove it" in done.stderr
    put_in_place(gate, database(gate))  # one file: a copy while nobody writes is whole
    assert gate.says("-wal` lies there")
    assert gate.chat().status == 200
    log.unlink()
    assert gate.says(AGAIN)


def test_a_store_that_cannot_be_read_is_said_once(gate):
    """The keys of before stay in force meanwhile, and later ones come when it can be read."""
    assert gate.metric("gatehouse_key_store_readable") == 1
    change(gate, "ALTER TABLE key_models RENAME TO mislaid")
    assert gate.says(LOOKED)
    assert "no such table: key_models" in gate.stderr()
    time.sleep(1)  # five more looks
    assert gate.chat().status == 200
    assert gate.metric("gatehouse_key_store_readable") == 0
    assert gate.get("/readyz")[0] == 200  # it serves whom it knows
    change(gate, "ALTER TABLE mislaid RENAME TO key_models")
    assert gate.says(AGAIN)
    assert gate.metric("gatehouse_key_store_readable") == 1
    other = gate.create_key("alpha", "other")
    assert wire.wait_for(lambda: gate.chat(key=other).status == 200)
    assert gate.stderr().count(LOOKED) == gate.stderr().count(AGAIN) == 1


def test_a_change_that_no_command_made(gate):
    """As an operator makes it who has SQL at hand only."""
    assert gate.chat().status == 200
    change(gate, "UPDATE keys SET revoked = created")
    assert wire.wait_for(lambda: gate.chat().status == 401)


def test_a_database_that_somebody_holds(gate):
    """It is not waited for: /healthz answers, and what was changed comes when it is let go."""
    with sqlite3.connect(database(gate), isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        holder.execute("UPDATE keys SET revoked = created")
        assert gate.says("locked by another process")
        for _ in range(10):
            assert gate.get("/healthz")[0] == 200
        assert gate.metric("gatehouse_key_store_readable") == 0
        assert gate.chat().status == 200
        holder.execute("COMMIT")
    holder.close()
    assert wire.wait_for(lambda: gate.chat().status == 401)
    assert gate.says(AGAIN)


def test_the_lock_of_the_directory_does_not_hold_up_a_gateway(gate):
    """It is taken to make a state, which a gateway that serves never does."""
    rogue = gate.create_key("alpha", "rogue")
    assert wire.wait_for(lambda: gate.chat(key=rogue).status == 200)
    backup = back_up(gate)
    change_of = sqlite3.connect(backup)
    change_of.execute("UPDATE keys SET revoked = created WHERE name = 'rogue'")
    change_of.commit()
    change_of.close()
    folder = os.open(gate.folder / "state", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    put_in_place(gate, backup)
    assert wire.wait_for(lambda: gate.chat(key=rogue).status == 401)
    assert gate.get("/healthz")[0] == 200
    gate.terminate()
    assert gate.stopped() == 0
    os.close(folder)


def test_a_database_that_was_lost(gate):
    """The keys stay as long as nothing is there; what is put back then counts."""
    later = gate.create_key("alpha", "later")
    assert wire.wait_for(lambda: gate.chat(key=later).status == 200)
    backup = back_up(gate)
    after = gate.create_key("alpha", "after")
    assert wire.wait_for(lambda: gate.chat(key=after).status == 200)
    database(gate).unlink()
    assert gate.says("is gone")
    assert gate.metric("gatehouse_key_store_readable") == 0
    assert gate.chat(key=after).status == gate.chat(key=later).status == 200
    put_in_place(gate, backup)
    assert wire.wait_for(lambda: gate.chat(key=after).status == 401)
    assert gate.chat(key=later).status == 200
    assert gate.says(REPLACED)
    assert gate.stderr().count("is gone") == 1


def test_a_database_that_begins_anew(gate):
    """In place of one that was lost, perhaps: whoever makes it says so, and what to do."""
    begun = f"`{database(gate)}` was not there and begins without a key"
    database(gate).unlink()
    made = run("keys", "create", "-q", "-c", gate.policy, "--tenant", "alpha", "--name", "second")
    assert made.returncode == 0 and made.stdout.startswith("gh_live_")
    assert made.stderr.startswith(f"gatehouse: note: {begun}") and "backup" in made.stderr
    again = run("keys", "create", "-q", "-c", gate.policy, "--tenant", "alpha", "--name", "third")
    assert (again.returncode, again.stderr) == (0, "")
    gate.terminate()
    gate.stopped()
    database(gate).unlink()
    start_again(gate)
    assert gate.says(begun)
    (said,) = [line for line in gate.stderr().splitlines() if begun in line]
    assert '"level":"warn"' in said and "restore it from a backup" in said
    assert gate.chat().status == 401


def test_a_database_that_was_put_back_damaged(gate):
    """Until it can be read the keys stay; then its own count, though it counts no change."""
    # A look may meet the repair itself: that is another trouble, "database is locked".
    looked = "no such table: key_models"
    later = gate.create_key("alpha", "later")
    assert wire.wait_for(lambda: gate.chat(key=later).status == 200)
    backup = back_up(gate)
    damaged = sqlite3.connect(backup)
    damaged.execute("UPDATE keys SET revoked = created WHERE name = 'later'")
    damaged.execute("ALTER TABLE key_models RENAME TO mislaid")
    damaged.commit()
    damaged.close()
    put_in_place(gate, backup)
    assert gate.says(looked)
    time.sleep(1)  # five more looks
    assert gate.chat(key=later).status == 200 and AGAIN not in gate.stderr()
    change(gate, "ALTER TABLE mislaid RENAME TO key_models")
    assert wire.wait_for(lambda: gate.chat(key=later).status == 401)
    assert gate.chat().status == 200
    assert gate.says(AGAIN)
    assert gate.stderr().count(looked) == gate.stderr().count(AGAIN) == 1


def test_who_looks_for_a_key_makes_no_database(recorder, tmp_path):
    """A gateway whose database was lost goes on with its keys: an empty one would take them."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        assert gate.chat().status == 200
        for file in (tmp_path / "state").glob("gatehouse.db*"):
            file.unlink()
        for command in (("list",), ("show", "alpha/first"), ("revoke", "alpha/first")):
            done = run("keys", *command, "-c", gate.policy)
            assert done.returncode == 1 and "or its database is gone" in done.stderr
        time.sleep(0.5)
        assert gate.chat().status == 200
        assert not list((tmp_path / "state").glob("gatehouse.db*"))
