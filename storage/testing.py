"""What every store has to hold, as tests to run on a store of your own.

    from storage.testing import DurableStoreContract

    class TestMyStore(DurableStoreContract):
        def make(self, directory):
            return MyStore(directory / "store")

Needs pytest and pytest-asyncio (`counterpoint[testing]`). For readable failures call
`pytest.register_assert_rewrite("storage.testing")` in your conftest first.
"""

from __future__ import annotations

import abc
import asyncio
import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from ot import ABSENT, Entry, Operation, Outcome, Snapshot
from ot.entry import first_tag, next_tag
from storage.store import Append, Appended, Conflict, DocumentHead, Store, StoredDocument, StoredSnapshot

FAR_DOWN: Final = 1000
"""A revision that no test's log reaches."""


class Script:
    """What is done to one document, and so what its log has to be: the tests' own account of it."""

    def __init__(self, doc: str = "notes", *, epoch: str = "epoch-1", snapshot: Snapshot = "") -> None:
        self.doc = doc
        self.epoch = epoch
        self.snapshot = snapshot
        self.entries: list[Entry] = []
        self.outcomes: dict[str, Outcome] = {}
        self._told = 0
        self._undecided: list[Outcome] = []

    @property
    def revision(self) -> int:
        return len(self.entries)

    @property
    def tag(self) -> str:
        return self.tag_at(self.revision)

    def tag_at(self, revision: int) -> str:
        return first_tag(self.epoch) if revision == 0 else str(self.entries[revision - 1].tag)

    def lands(self, client: str, op: Operation) -> Script:
        """Let the client's next submission land."""
        seq = self._next_seq(client)
        revision, tag = self.revision + 1, next_tag(self.tag, client, seq, op)
        self.entries.append(Entry(revision=revision, client=client, seq=seq, op=op, tag=tag))
        return self._decided(Outcome(client, seq, f"digest of {client}'s {seq}", revision=revision, op=op))

    def refused(self, client: str, code: str = "forbidden") -> Script:
        """Let the client's next submission be rejected."""
        seq = self._next_seq(client)
        return self._decided(Outcome(client, seq, None, code=code, message=f"{client} may not"))

    def step(self) -> Append:
        """Return all that was decided since the last step."""
        told, self._told = self._told, self.revision
        outcomes, self._undecided = self._undecided, []
        return Append(self.doc, self.epoch, told, tuple(self.entries[told:]), tuple(outcomes))

    def rival(self) -> Script:
        """Return a script that has come as far as this one, and goes on by itself."""
        return copy.deepcopy(self)

    def snapshot_at(self, revision: int, snapshot: Snapshot) -> StoredSnapshot:
        return StoredSnapshot(revision=revision, tag=self.tag_at(revision), snapshot=snapshot)

    def stored(self, revision: int, snapshot: Snapshot) -> StoredDocument:
        """Return what loading has to give if the newest snapshot is that one."""
        return StoredDocument(
            doc=self.doc,
            doc_type="text",
            epoch=self.epoch,
            revision=revision,
            tag=self.tag_at(revision),
            snapshot=snapshot,
            entries=tuple(self.entries[revision:]),
        )

    async def begin(self, store: Store) -> StoredDocument:
        return await store.create(self.doc, "text", self.epoch, self.snapshot, self.tag_at(0))

    async def tell(self, store: Store) -> None:
        """Append what was decided since the last step, which has to land."""
        assert await store.append(self.step()) == Appended(self.revision)

    async def verify(self, store: Store) -> None:
        """Compare all that the store can be asked with this script."""
        stored = await store.load(self.doc)
        assert stored is not None
        assert stored.epoch == self.epoch
        assert stored.revision + len(stored.entries) == self.revision
        assert await store.entries(self.doc, after=0) == self.entries
        assert await store.outcomes(self.doc, self.outcomes) == self.outcomes

    def _next_seq(self, client: str) -> int:
        return self.outcomes[client].seq + 1 if client in self.outcomes else 1

    def _decided(self, outcome: Outcome) -> Script:
        self.outcomes[outcome.client] = outcome
        self._undecided.append(outcome)
        return self


class StoreContract(abc.ABC):
    """What holds for every store. A subclass makes the store; each test gets an empty one."""

    pytestmark = pytest.mark.asyncio

    @abc.abstractmethod
    def make(self, directory: Path) -> Store:
        """Return a store that is not started and whose files, if any, lie in `directory`."""

    @pytest_asyncio.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        store = self.make(tmp_path)
        await store.start()
        yield store
        await store.close()

    # documents

    async def test_a_document_that_was_never_created_is_none(self, store: Store) -> None:
        assert await store.load("notes") is None
        assert await store.snapshot_before("notes", 0) is None
        assert await store.entries("notes", after=0) == []
        assert await store.outcomes("notes", ["ann"]) == {}
        assert await store.documents() == []

    async def test_a_new_document_is_at_revision_0_with_the_snapshot_it_was_made_with(
        self, store: Store
    ) -> None:
        script = Script(snapshot="hello")
        assert await script.begin(store) == script.stored(0, "hello")
        assert await store.load("notes") == script.stored(0, "hello")

    async def test_the_loser_of_two_creates_gets_the_winners_document(self, store: Store) -> None:
        winner, loser = Script(epoch="epoch-1", snapshot="a"), Script(epoch="epoch-2", snapshot="b")
        await winner.begin(store)
        await winner.lands("ann", ["x"]).tell(store)
        assert await loser.begin(store) == winner.stored(0, "a")

    async def test_of_many_creates_at_once_exactly_one_wins(self, store: Store) -> None:
        rivals = [Script(epoch=f"epoch-{n}") for n in range(20)]
        got = await asyncio.gather(*(rival.begin(store) for rival in rivals))
        assert len({document.epoch for document in got}) == 1
        assert await store.load("notes") == got[0]

    @pytest.mark.parametrize("snapshot", [ABSENT, None, "", [], {}, 0, False], ids=repr)
    async def test_a_snapshot_that_looks_like_nothing_stays_what_it_is(
        self, store: Store, snapshot: Snapshot
    ) -> None:
        await Script(snapshot=snapshot).begin(store)
        stored = await store.load("notes")
        assert stored is not None
        assert type(stored.snapshot) is type(snapshot)
        assert stored.snapshot == snapshot

    async def test_documents_are_listed_in_the_order_of_code_points(self, store: Store) -> None:
        names = ["b", "a", "é", "Z", "\U0001f600", "\uffee", "a b", "a/b"]
        for name in names:
            await Script(name).begin(store)
        assert [head.doc for head in await store.documents()] == sorted(names)

    async def test_a_listed_document_has_its_type_its_epoch_and_its_newest_revision(
        self, store: Store
    ) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "a"))
        assert await store.documents() == [DocumentHead("notes", "text", "epoch-1", 2)]

    async def test_a_deleted_document_is_gone_with_all_that_was_its_own_and_nothing_else(
        self, store: Store
    ) -> None:
        script, other = Script(), Script("other")
        for one in (script, other):
            await one.begin(store)
            await one.lands("ann", ["a"]).tell(store)
        late = script.rival().lands("ann", ["late"]).step()
        assert await store.delete("notes")
        assert not await store.delete("notes")
        assert [head.doc for head in await store.documents()] == ["other"]
        assert await store.load("notes") is None
        assert await store.entries("notes", after=0) == []
        assert await store.outcomes("notes", ["ann"]) == {}
        assert await store.snapshot_before("notes", 9) is None
        assert await store.append(late) == Conflict(0, "")
        again = Script(epoch="epoch-2", snapshot="new")
        assert await again.begin(store) == again.stored(0, "new")
        assert await store.append(late) == Conflict(0, "epoch-2")
        await again.verify(store)
        await other.verify(store)

    async def test_documents_do_not_see_each_other(self, store: Store) -> None:
        one, two = Script("one"), Script("two", epoch="epoch-2")
        await one.begin(store)
        await two.begin(store)
        await one.lands("ann", ["x"]).tell(store)
        await two.refused("ann").lands("bob", ["y"]).tell(store)
        await one.verify(store)
        await two.verify(store)

    async def test_names_are_told_apart_by_their_code_points_and_mean_nothing_else(
        self, store: Store
    ) -> None:
        names = [
            "a",
            "A",
            "\u00e1",
            "a\u0301",
            "%",
            "a%",
            "_",
            "*",
            "a*",
            "a/b",
            "a\\b",
            "../a",
            "'; drop table x; --",
        ]
        scripts = [Script(name, epoch=f"epoch of {name}", snapshot=name) for name in names]
        for script in scripts:
            await script.begin(store)
            await script.lands("ann", [f"{script.doc} "]).tell(store)
        for script in scripts:
            await script.verify(store)
        assert [head.doc for head in await store.documents()] == sorted(names)

    @pytest.mark.parametrize(
        "text",
        ["naïve", "日本語", "\U0001f469\u200d\U0001f680", "\u0000\u2028\ufeff\uffff\U0010ffff", "\r\n"],
    )
    async def test_any_text_comes_back_as_it_was(self, store: Store, text: str) -> None:
        script = Script(f"doc {text}", snapshot=text)
        await script.begin(store)
        await script.lands(f"client {text}", [text, {"d": 1}]).tell(store)
        assert await store.load(script.doc) == script.stored(0, text)
        await script.verify(store)

    @pytest.mark.parametrize("op", [None, [], {}, 0, 1.5, -0.0, 2**53, [[["deep"]]], {"b": 1, "a": [None]}])
    async def test_any_operation_comes_back_as_it_was(self, store: Store, op: Operation) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", op).tell(store)
        (entry,) = await store.entries("notes", after=0)
        outcome = (await store.outcomes("notes", ["ann"]))["ann"]
        assert repr(entry.op) == repr(outcome.op) == repr(op)

    async def test_a_large_operation_and_a_large_snapshot_come_back_whole(self, store: Store) -> None:
        script = Script(snapshot="s" * 8 * 2**20)
        await script.begin(store)
        await script.lands("ann", ["é" * 2**20]).tell(store)
        assert await store.load("notes") == script.stored(0, script.snapshot)

    # append

    async def test_entries_and_outcomes_of_a_step_are_all_there(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).refused("bob").lands("ann", [1, "b"]).lands("bob", ["c"]).tell(store)
        await script.verify(store)
        await script.lands("cid", ["d"]).refused("ann").tell(store)
        await script.verify(store)

    async def test_the_state_hash_of_an_entry_is_not_kept(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        step = script.lands("ann", ["a"]).step()
        hashed = Entry(1, "ann", 1, ["a"], hash="of the state", tag=step.entries[0].tag)
        await store.append(Append("notes", script.epoch, 0, (hashed,), step.outcomes))
        assert await store.entries("notes", after=0) == script.entries

    async def test_rejections_alone_move_no_revision_and_are_remembered(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).tell(store)
        assert await store.append(script.refused("ann").refused("bob").step()) == Appended(1)
        await script.verify(store)

    async def test_appending_to_a_document_that_does_not_exist_is_a_conflict(self, store: Store) -> None:
        assert await store.append(Script().lands("ann", ["a"]).step()) == Conflict(0, "")
        assert await store.documents() == []

    async def test_append_in_another_epoch_writes_nothing(self, store: Store) -> None:
        script, stranger = Script(), Script(epoch="epoch-2")
        await script.begin(store)
        assert await store.append(stranger.lands("ann", ["a"]).step()) == Conflict(0, "epoch-1")
        await script.verify(store)

    async def test_append_at_a_stale_revision_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rival = script.rival()
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        assert await store.append(rival.lands("bob", ["x"]).refused("cid").step()) == Conflict(2, "epoch-1")
        await script.verify(store)
        assert await store.outcomes("notes", ["bob", "cid"]) == {}

    async def test_append_ahead_of_the_log_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        ahead = script.rival()
        ahead.lands("bob", ["lost"]).step()
        assert await store.append(ahead.lands("bob", ["x"]).step()) == Conflict(0, "epoch-1")
        await script.verify(store)

    async def test_a_seq_that_was_used_before_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rival = script.rival()
        await script.refused("ann").tell(store)
        # No revision has moved: only the client's own count tells.
        assert await store.append(rival.lands("bob", ["x"]).lands("ann", ["a"]).step()) == Conflict(
            0, "epoch-1"
        )
        await script.verify(store)
        assert await store.outcomes("notes", ["bob"]) == {}

    async def test_a_seq_that_skips_one_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        ahead = script.rival()
        ahead.refused("ann").step()
        assert await store.append(ahead.lands("bob", ["x"]).lands("ann", ["a"]).step()) == Conflict(
            0, "epoch-1"
        )
        await script.verify(store)

    async def test_a_rejection_whose_seq_was_used_before_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rival = script.rival()
        await script.refused("ann", "forbidden").tell(store)
        assert await store.append(rival.refused("ann", "superseded").step()) == Conflict(0, "epoch-1")
        await script.verify(store)

    async def test_the_same_step_twice_lands_once(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        step = script.lands("ann", ["a"]).step()
        assert await store.append(step) == Appended(1)
        assert await store.append(step) == Conflict(1, "epoch-1")
        await script.verify(store)

    async def test_a_step_that_contradicts_itself_cannot_be_made(self) -> None:
        entry, outcome = Entry(1, "ann", 1, ["a"], tag="0" * 16), Outcome("ann", 1, None, 1, ["a"])
        for entries, outcomes in [
            ((entry,), ()),
            ((), (outcome,)),
            ((Entry(2, "ann", 1, ["a"], tag="0" * 16),), (outcome,)),
            ((Entry(1, "ann", 1, ["a"]),), (outcome,)),
            ((entry,), (outcome, Outcome("ann", 3, None, code="forbidden"))),
        ]:
            with pytest.raises(AssertionError):
                Append("notes", "epoch-1", 0, entries, outcomes)

    async def test_of_many_appends_at_one_revision_exactly_one_lands(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rivals = [script.rival().lands(f"client {n}", [f"{n}"]) for n in range(50)]
        results = await asyncio.gather(*(store.append(rival.step()) for rival in rivals))
        (winner,) = [rival for rival, result in zip(rivals, results, strict=True) if result == Appended(1)]
        assert results.count(Conflict(1, "epoch-1")) == len(rivals) - 1
        await winner.verify(store)

    async def test_racing_writers_that_try_again_land_every_operation_once(self, store: Store) -> None:
        await Script().begin(store)
        writers, each = 8, 10
        won = await asyncio.gather(*(_write(store, f"client {n}", each) for n in range(writers)))
        log = await store.entries("notes", after=0)
        assert [entry.revision for entry in log] == list(range(1, writers * each + 1))
        for n, revisions in enumerate(won):
            own = [entry for entry in log if entry.client == f"client {n}"]
            assert [entry.revision for entry in own] == revisions
            assert [entry.seq for entry in own] == list(range(1, each + 1))

    async def test_a_cancelled_append_harms_no_other(self, store: Store) -> None:
        one, two = Script("one"), Script("two")
        await one.begin(store)
        await two.begin(store)
        leaving = asyncio.ensure_future(store.append(one.lands("ann", ["a"]).step()))
        staying = asyncio.ensure_future(store.append(two.lands("bob", ["b"]).step()))
        await asyncio.sleep(0)  # both have been handed over
        leaving.cancel()
        assert await staying == Appended(1)
        await two.verify(store)
        # It has landed or not, but not by half.
        assert len(await store.entries("one", after=0)) == len(await store.outcomes("one", ["ann"]))

    # reading

    @pytest.mark.parametrize(
        ("after", "until", "revisions"),
        [
            (0, None, [1, 2, 3, 4]),
            (2, None, [3, 4]),
            (1, 3, [2, 3]),
            (3, 3, []),
            (4, None, []),
            (3, 2, []),
            (0, 0, []),
            (2, FAR_DOWN, [3, 4]),
            (FAR_DOWN, None, []),
            (-3, 1, [1]),
            (0, -1, []),
        ],
    )
    async def test_a_range_of_entries_is_open_below_and_closed_above(
        self, store: Store, after: int, until: int | None, revisions: list[int]
    ) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", 1).lands("bob", 2).lands("ann", 3).lands("bob", 4).tell(store)
        got = await store.entries("notes", after=after, until=until)
        assert got == [script.entries[revision - 1] for revision in revisions]

    async def test_outcomes_are_those_of_the_clients_asked_for(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).refused("bob").tell(store)
        assert await store.outcomes("notes", []) == {}
        assert await store.outcomes("notes", iter(["bob", "nobody"])) == {"bob": script.outcomes["bob"]}

    # snapshots

    async def test_load_is_the_newest_snapshot_and_the_entries_after_it(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).lands("ann", ["c"]).tell(store)
        assert await store.load("notes") == script.stored(0, "")
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(2, "ba"))
        assert await store.load("notes") == script.stored(2, "ba")
        await script.lands("ann", ["d"]).tell(store)
        assert await store.load("notes") == script.stored(2, "ba")

    async def test_snapshots_saved_out_of_order_leave_the_newest_on_top(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(2, "ba"))
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "a"))
        assert await store.load("notes") == script.stored(2, "ba")

    async def test_a_snapshot_of_the_same_revision_is_replaced(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).tell(store)
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "unlike"))
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "a"))
        assert await store.load("notes") == script.stored(1, "a")

    async def test_a_snapshot_of_another_epoch_or_history_or_of_the_future_is_refused(
        self, store: Store
    ) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        refused = [
            ("nowhere", "epoch-1", script.snapshot_at(2, "x")),
            ("notes", "epoch-2", script.snapshot_at(2, "x")),
            ("notes", "epoch-1", StoredSnapshot(2, script.tag_at(1), "x")),
            ("notes", "epoch-1", StoredSnapshot(1, script.tag_at(2), "x")),
            ("notes", "epoch-1", StoredSnapshot(0, script.tag_at(1), "x")),
            ("notes", "epoch-1", StoredSnapshot(3, script.tag_at(2), "x")),
            ("notes", "epoch-1", StoredSnapshot(-1, script.tag_at(2), "x")),
        ]
        for doc, epoch, snapshot in refused:
            assert not await store.save_snapshot(doc, epoch, snapshot), snapshot
        assert await store.load("notes") == script.stored(0, "")

    async def test_snapshot_before_is_the_newest_at_or_below(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).lands("ann", ["c"]).tell(store)
        second = script.snapshot_at(2, "ba")
        await store.save_snapshot("notes", "epoch-1", second)
        first = script.snapshot_at(0, "")
        found = [await store.snapshot_before("notes", revision) for revision in (-1, 0, 1, 2, 3, FAR_DOWN)]
        assert found == [None, first, first, second, second, second]

    async def test_after_many_snapshots_the_first_and_the_newest_are_there(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        for revision in range(1, 65):
            await script.lands("ann", [f"{revision}"]).tell(store)
            assert await store.save_snapshot(
                "notes", "epoch-1", script.snapshot_at(revision, f"at {revision}")
            )
        assert await store.load("notes") == script.stored(64, "at 64")
        assert await store.snapshot_before("notes", 0) == script.snapshot_at(0, "")
        await script.verify(store)

    async def test_of_many_snapshots_most_are_dropped(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        for revision in range(1, 65):
            await script.lands("ann", [f"{revision}"]).tell(store)
            await store.save_snapshot("notes", script.epoch, script.snapshot_at(revision, revision))
        kept = [await store.snapshot_before("notes", revision) for revision in range(65)]
        assert len({snapshot.revision for snapshot in kept if snapshot is not None}) <= 32

    # identity

    async def test_the_secret_is_32_bytes_and_stays_the_same(self, store: Store) -> None:
        secret = await store.secret()
        assert type(secret) is bytes
        assert len(secret) == 32
        assert await store.secret() == secret

    async def test_two_stores_have_two_secrets(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        other = self.make(tmp_path / "elsewhere")
        await other.start()
        assert await other.secret() != await store.secret()
        await other.close()


class DurableStoreContract(StoreContract):
    """What holds beyond that for a store that outlives its process: `make` on one directory is one store."""

    async def test_it_says_that_it_is_durable(self, store: Store) -> None:
        assert store.durable

    async def test_everything_is_there_after_a_restart(self, store: Store, tmp_path: Path) -> None:
        script = Script(snapshot="hello")
        await script.begin(store)
        await script.lands("ann", ["a"]).refused("bob").lands("ann", ["b"]).tell(store)
        await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "ahello"))
        secret = await store.secret()
        await store.close()
        again = self.make(tmp_path)
        await again.start()
        assert await again.load("notes") == script.stored(1, "ahello")
        assert await again.secret() == secret
        await script.verify(again)
        await script.lands("bob", ["c"]).tell(again)
        await script.verify(again)
        await again.close()

    async def test_two_nodes_over_one_store_race_and_every_operation_lands_once(
        self, store: Store, tmp_path: Path
    ) -> None:
        other = self.make(tmp_path)
        await other.start()
        await Script().begin(store)
        each = 25
        await asyncio.gather(_write(store, "client 1", each), _write(other, "client 2", each))
        log = await store.entries("notes", after=0)
        assert [entry.revision for entry in log] == list(range(1, 2 * each + 1))
        assert await other.entries("notes", after=0) == log
        assert await other.secret() == await store.secret()
        await other.close()

    async def test_what_was_handed_over_before_closing_has_landed(self, store: Store, tmp_path: Path) -> None:
        script = Script()
        await script.begin(store)
        waiting = asyncio.ensure_future(store.append(script.lands("ann", ["a"]).step()))
        await asyncio.sleep(0)  # it has been handed over
        await store.close()
        assert await waiting == Appended(1)
        again = self.make(tmp_path)
        await again.start()
        await script.verify(again)
        await again.close()


async def _write(store: Store, client: str, count: int) -> list[int]:
    """Land `count` operations against whoever else does, as a room would; return their revisions."""
    won = []
    for seq in range(1, count + 1):
        result: Appended | Conflict = Conflict(0, "")
        while isinstance(result, Conflict):
            stored = await store.load("notes")
            assert stored is not None
            tag = stored.entries[-1].tag if stored.entries else stored.tag
            revision, op = stored.revision + len(stored.entries) + 1, [f"{client} {seq}"]
            entry = Entry(revision, client, seq, op, tag=next_tag(str(tag), client, seq, op))
            outcome = Outcome(client, seq, "digest", revision, op)
            result = await store.append(Append("notes", stored.epoch, revision - 1, (entry,), (outcome,)))
        won.append(result.revision)
    return won
