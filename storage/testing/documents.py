"""What a store promises of its documents: that they are made once, and come back as they were."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ot import ABSENT, Operation, Snapshot
from storage.store import Conflict, DocumentHead, Store
from storage.testing.made_store import MadeStore
from storage.testing.script import Script


class DocumentsContract(MadeStore):
    """Making, listing and deleting documents, whatever is in them, and what is the store's own."""

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
