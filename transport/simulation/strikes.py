"""What goes wrong in a world, by the name of the fault.

"crash at a point" is none of these: it is not of a time, but of a place in the code (`World`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Final

from transport.messages import Hello, Submit
from transport.simulation.permissions import CHANGING, Permissions
from transport.simulation.simulated_client import SimulatedClient
from transport.simulation.wire import Wire
from transport.simulation.world import World


def _somebody(world: World, condition: Callable[[SimulatedClient], object]) -> SimulatedClient | None:
    there = [client for client in world.clients if condition(client)]
    return world.rng.choice(there) if there else None


def cut(world: World) -> None:
    _cut(world, "cut", tell_client=True, tell_server=True)


def cut_unnoticed_by_server(world: World) -> None:
    _cut(world, "cut that the server does not notice", tell_client=True, tell_server=False)


def cut_unnoticed_by_client(world: World) -> None:
    _cut(world, "cut that the client does not notice", tell_client=False, tell_server=True)


def _cut(world: World, kind: str, *, tell_client: bool, tell_server: bool) -> None:
    client = _somebody(world, lambda client: client.wire is not None)
    if client is not None:
        world.cut(kind, client, tell_client=tell_client, tell_server=tell_server)


def ghost(world: World) -> None:
    """Cut somebody off as its next submission, or next greeting, is on its way, which then comes late."""
    client = _somebody(world, lambda client: client.wire is not None)
    if client is not None:
        name = client.name

        def cut(wire: Wire) -> None:
            if not world.calm:
                world.fault("ghost", name)
                late = world.rng.uniform(0.0, 6.0)
                wire.sever(tell_client=True, tell_server=True, ghost=late)

        client.on_leaving = (Hello if world.rng.random() < 0.3 else Submit), cut


def client_crash(world: World) -> None:
    client = world.rng.choice(world.clients)
    world.fault("client crash", f"{client.name}, {'with' if client.keeps else 'without'} what was kept")
    client.crash()
    for doc in world.drawn.documents:
        world.forgotten(client, doc)


def offline(world: World) -> None:
    client = _somebody(world, lambda client: not client.asleep)
    if client is not None:
        seconds = world.rng.choice((1.0, 10.0, 40.0)) * world.rng.random()
        world.fault("offline", f"{client.name} for {seconds:.1f} s")
        client.sleep()
        world.schedule.after(seconds, client.wake)


def slow_reader(world: World) -> None:
    client = _somebody(world, lambda client: client.wire is not None and client.wire.reading)
    if client is not None and client.wire is not None:
        wire = client.wire
        wire.reading = False
        world.fault("slow reader", client.name)
        world.schedule.after(world.rng.uniform(0.5, 15.0), wire.read_again)


def repeated_submission(world: World) -> None:
    client = _somebody(world, lambda client: client.wire is not None and client.last_submit is not None)
    if client is not None and client.wire is not None and client.last_submit is not None:
        world.fault("repeated submission", client.name)
        client.wire.to_server(client.last_submit)


def reopened(world: World) -> None:
    doc = world.rng.choice(list(world.drawn.documents))
    client = _somebody(world, lambda client: client.opened(doc) is not None)
    if client is not None:
        world.fault("reopened document", f"{client.name} {doc}")
        client.reopen(doc)
        world.forgotten(client, doc)


def node_crash(world: World) -> None:
    up = [number for number, node in enumerate(world.nodes) if node is not None]
    if up:
        number = world.rng.choice(up)
        world.fault("node crash", f"node {number}")
        world.crash_node(number)


def drain(world: World) -> None:
    up = [number for number, node in enumerate(world.nodes) if node is not None and node.accepts]
    if up:
        number = world.rng.choice(up)
        node = world.nodes[number]
        assert node is not None, "it is up"
        world.fault("drain", node.name)

        def gone() -> None:
            if world.nodes[number] is node:
                world.nodes[number] = None
                world.schedule.after(world.rng.uniform(0.1, 1.0), lambda: world.start_node(number))

        node.drain(gone)


def power_cut(world: World) -> None:
    """Cut the power as the next write is on its way, or has just arrived."""

    def cut() -> None:
        if not world.calm:
            world.fault("power cut", "everything goes down")
            _everything_down(world, world.disk.power_cut)
            world.promises.hold()

    world.disk.on_writing = lambda: world.schedule.after(
        world.rng.uniform(0.0, world.drawn.disk_latency[1]), cut
    )


def _everything_down(world: World, meanwhile: Callable[[], None]) -> None:
    for number, node in enumerate(world.nodes):
        if node is not None:
            world.crash_node(number)
    meanwhile()


def store_unavailable(world: World) -> None:
    seconds = world.rng.uniform(0.1, 5.0)
    world.fault("store unavailable", f"for {seconds:.1f} s")
    world.disk.unavailable_until = world.schedule.now + seconds


def partition(world: World) -> None:
    up = [node for node in world.nodes if node is not None and not node.store.partitioned]
    if up:
        store, name = (node := world.rng.choice(up)).store, node.name
        world.fault("partition", f"{name} from the store")
        store.partitioned = True
        world.schedule.after(world.rng.uniform(0.5, 10.0), lambda: setattr(store, "partitioned", False))


def restored_backup(world: World) -> None:
    """Take a backup, or go back to the one that there is."""
    if world.backup is None:
        world.backup = world.disk.backup()
        world.note("a backup is taken")
        return
    backup, world.backup = world.backup, None
    world.fault("restored backup", "everything goes down")
    _everything_down(world, lambda: world.disk.restore(backup))
    world.promises.restored()


def permission_taken_away(world: World) -> None:
    """Take something away from somebody; with or without every server being told at once."""
    permissions = _guarded(world)
    doc, action = world.rng.choice(list(world.drawn.documents)), world.rng.choice(CHANGING)
    there = permissions.candidates(doc, action)
    if action == "present":  # from somebody who is seen, if there is one
        seen = {one.name for one in world.clients if one.opened(doc) and one.state.documents[doc].shown}
        there = [name for name in there if name in seen] or there
    if not there:
        return
    name, told = world.rng.choice(there), world.rng.random() < 0.5
    world.fault("permission taken away", f"{name} may not {action} {doc}{', told' if told else ''}")
    permissions.taken_away(name, doc, action, told=told)
    for node in world.nodes if told else ():
        if node is not None:
            node.loop.enter(functools.partial(node.hub.revoked, identity=name, doc=doc))
    seconds = world.rng.uniform(1.0, 30.0)
    world.schedule.after(seconds, lambda: permissions.given_back(name, doc, action))


def no_fresh_tokens(world: World) -> None:
    seconds = world.rng.uniform(1.0, 30.0)
    world.fault("no fresh tokens", f"for {seconds:.1f} s")
    _guarded(world).no_tokens_until = world.schedule.now + seconds


def hooks_fail(world: World) -> None:
    """Have the application answer nothing, at once or never."""
    permissions, seconds = _guarded(world), world.rng.uniform(0.5, 10.0)
    permissions.fails(seconds, hang=world.rng.random() < 0.5)
    world.fault("hooks fail", f"for {seconds:.1f} s, {'hanging' if permissions.hang else 'at once'}")


def _guarded(world: World) -> Permissions:
    assert world.permissions is not None, "drawn only where somebody says who may do what"
    return world.permissions


STRIKES: Final[Mapping[str, Callable[[World], None]]] = {
    "cut": cut,
    "cut that the server does not notice": cut_unnoticed_by_server,
    "cut that the client does not notice": cut_unnoticed_by_client,
    "ghost": ghost,
    "client crash": client_crash,
    "offline": offline,
    "slow reader": slow_reader,
    "repeated submission": repeated_submission,
    "reopened document": reopened,
    "node crash": node_crash,
    "drain": drain,
    "power cut": power_cut,
    "store unavailable": store_unavailable,
    "partition": partition,
    "restored backup": restored_backup,
    "permission taken away": permission_taken_away,
    "no fresh tokens": no_fresh_tokens,
    "hooks fail": hooks_fail,
}
