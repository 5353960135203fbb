/**
 * The Counterpoint client for the browser.
 *
 *     const store = await openPendingStore(indexedDB)
 *     const seat = await takeSeat(browserSurroundings(), store, "notes")
 *     const client = await Client.connect({ url, seat: seat.id, store, world: browserWorld(), token: null })
 *     const notes = await client.open("notes", text)
 *     notes.subscribe((event) => { if (event.kind === "changed") show(event.op) })
 *     notes.edit([5, "x"], null)
 *     await notes.settled()
 */

export { canonicalJson, stateHash } from "./canonical_json.ts"
export { Client, type ClientOptions, type ConnectionStatus, type Token } from "./client.ts"
export type { ConnectionPhase } from "./connection_machine.ts"
export type { Refused } from "./document_sync.ts"
export { type DocumentType, InvalidOperation, type Operation, type Side, type Snapshot } from "./document_type.ts"
export { documentBinding } from "./editor/document_binding.ts"
export type { DocumentEditor, RemoteCursor } from "./editor/document_editor.ts"
export { remoteCursors, showCursors } from "./editor/remote_cursors.ts"
export { forgetfulStore, openPendingStore, type PendingRecord, type PendingStore, type SeatRecord } from "./pending_store.ts"
export type { Peer } from "./presence.ts"
export { richText } from "./rich_text_type.ts"
export { browserSurroundings, type Seat, type SeatSurroundings, takeSeat } from "./seat.ts"
export type { DocumentEvent, SharedDocument } from "./shared_document.ts"
export { browserWorld, type Socket, type SocketListener, type Surroundings } from "./surroundings.ts"
export { text, type TextOperation } from "./text_type.ts"
export type { Identity, Json } from "./wire.ts"
