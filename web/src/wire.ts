// Generated from the server's message classes by `python -m transport.schema write`. Do not edit.

/** The messages of protocol version 1: validators, and the types that follow from them. */

import * as z from "zod"

/** A JSON value: what an operation, a snapshot or a presence is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Anything that was given: the frame's decoder has already seen to it that it is JSON. */
const json = z.custom<Json>((value) => value !== undefined, "is missing")

/** A string with so many code points, not UTF-16 units. */
const text = (least: number, most: number) =>
  z.string().refine((value) => {
    const length = value.length <= most ? value.length : [...value].length
    return least <= length && length <= most
  }, `has to have ${least} to ${most} characters`)

/**
 * An operation as it landed, at its revision.
 *
 * `span` above 1 marks a composition of that many entries, ending at `revision`; its `client` and
 * `seq` are those of the last one. `hash` is now and then that of the snapshot before the entry.
 * `tag` is the chain tag after the entry; on the wire the message has it, not each entry.
 */
export const Entry = z.object({
  /** where the entry stands in the log; of a composed one, where it ends */
  revision: z.int().min(1),
  /** whose submission it was; of a composed one, the last */
  client: z.string(),
  /** that client's count of it */
  seq: z.int().min(1),
  /** the operation as it landed */
  op: json,
  /** how many entries this composes; left out: 1 */
  span: z.exactOptional(z.int().min(1)),
  /** SHA-256 over the canonical JSON of the snapshot *before* the entry, in hex */
  hash: z.exactOptional(z.string()),
})
export type Entry = Readonly<z.infer<typeof Entry>>

/** Who somebody is, as the server has it. */
export const Identity = z.object({
  /** stands for the same person everywhere */
  id: z.string(),
  /** what to show to others */
  name: z.string(),
})
export type Identity = Readonly<z.infer<typeof Identity>>

/** Where somebody is and what they point at, as the room last heard. */
export const Presence = z.object({
  /** whose it is; set by the server */
  client: z.string(),
  /** who that is; set by the server */
  identity: Identity,
  /** the revision at which positions in `state` hold */
  revision: z.int().min(0),
  /** what the sender gave; null: gone */
  state: json,
})
export type Presence = Readonly<z.infer<typeof Presence>>

/** What became of the submission that an `open` asked after. */
export const Fate = z.object({
  /** the revision at which it landed */
  landed: z.exactOptional(z.int().min(1)),
  /** the operation as it landed */
  op: z.exactOptional(json),
  /** the code with which it was rejected */
  rejected: z.exactOptional(z.string()),
  /** why it was rejected */
  message: z.exactOptional(z.string()),
})
export type Fate = Readonly<z.infer<typeof Fate>>

/** The sizes and rates that the server enforces on this connection. */
export const SentLimits = z.object({
  /** one message, as bytes on the wire */
  message_bytes: z.int().min(0),
  /** one operation, as bytes of JSON */
  operation_bytes: z.int().min(0),
  /** components of one operation */
  operation_components: z.int().min(0),
  /** nesting of any JSON value */
  json_depth: z.int().min(0),
  /** one document, as bytes of JSON */
  document_bytes: z.int().min(0),
  /** documents open at once on one connection */
  documents: z.int().min(0),
  /** submissions, in the long run */
  submissions_per_second: z.int().min(0),
  /** submissions at once */
  submission_burst: z.int().min(0),
  /** presence messages, in the long run */
  presences_per_second: z.int().min(0),
})
export type SentLimits = Readonly<z.infer<typeof SentLimits>>

/** The first message of a connection. */
export const HelloMessage = z.strictObject({
  type: z.literal("hello"),
  /** proves who this is, where the server asks for it */
  token: z.exactOptional(text(0, 16384)),
  /** takes up this earlier client id */
  client: z.exactOptional(text(0, 100)),
  /** the secret that came with that client id */
  resume: z.exactOptional(text(0, 200)),
})
export type HelloMessage = Readonly<z.infer<typeof HelloMessage>>

/** A fresh token on a live connection. */
export const RenewMessage = z.strictObject({
  type: z.literal("renew"),
  /** the new token */
  token: text(0, 16384),
})
export type RenewMessage = Readonly<z.infer<typeof RenewMessage>>

/**
 * Subscribe to a document, or catch up with it.
 *
 * With `epoch`, `revision` and `tag` the client says what it holds. Answered by exactly one `opened`
 * or `closed`; a client has one `open` of a document outstanding at a time.
 */
export const OpenMessage = z.strictObject({
  type: z.literal("open"),
  /** the document's name */
  doc: text(1, 200),
  /** make it with this type if it does not exist */
  doc_type: z.exactOptional(text(0, 100)),
  /** initial data of a document made so */
  create: z.exactOptional(json),
  /** the epoch of what the client holds */
  epoch: z.exactOptional(text(0, 100)),
  /** the revision of what the client holds */
  revision: z.exactOptional(z.int().min(0)),
  /** the chain tag of what the client holds */
  tag: z.exactOptional(text(0, 100)),
  /** the `seq` whose fate the client does not know */
  inflight: z.exactOptional(z.int().min(1)),
  /** hash of the client's own state at `revision` */
  diverged: z.exactOptional(text(0, 100)),
  /** ask for the last so many entries too */
  rewind: z.exactOptional(z.int().min(0).max(1000)),
})
export type OpenMessage = Readonly<z.infer<typeof OpenMessage>>

/** Ask for an operation to be put in the log. */
export const SubmitMessage = z.strictObject({
  type: z.literal("submit"),
  /** the document's name */
  doc: text(1, 200),
  /** the base: what the operation was made against */
  revision: z.int().min(0),
  /** the client's own count of its submissions to the document, from 1 */
  seq: z.int().min(1),
  /** the operation, in the format of the document's type */
  op: json,
})
export type SubmitMessage = Readonly<z.infer<typeof SubmitMessage>>

/** Tell the others in the room where one is. Sent only when nothing is pending. */
export const SetPresenceMessage = z.strictObject({
  type: z.literal("presence"),
  /** the document's name */
  doc: text(1, 200),
  /** the revision at which positions in `state` hold */
  revision: z.int().min(0),
  /** anything; null: gone */
  state: json,
})
export type SetPresenceMessage = Readonly<z.infer<typeof SetPresenceMessage>>

/** Unsubscribe. */
export const CloseMessage = z.strictObject({
  type: z.literal("close"),
  /** the document's name */
  doc: text(1, 200),
})
export type CloseMessage = Readonly<z.infer<typeof CloseMessage>>

/** Read entries, forwards from `after` or backwards from `before`. */
export const ReadHistoryMessage = z.strictObject({
  type: z.literal("history"),
  /** chosen by the client; the answer has the same */
  request: z.int().min(0),
  /** the document's name */
  doc: text(1, 200),
  /** at most so many entries */
  limit: z.int().min(1).max(1000),
  /** entries above this revision, ascending */
  after: z.exactOptional(z.int().min(0)),
  /** entries below this revision, descending */
  before: z.exactOptional(z.int().min(0)),
})
export type ReadHistoryMessage = Readonly<z.infer<typeof ReadHistoryMessage>>

/** Read the document as it was. */
export const ReadSnapshotMessage = z.strictObject({
  type: z.literal("snapshot"),
  /** chosen by the client; the answer has the same */
  request: z.int().min(0),
  /** the document's name */
  doc: text(1, 200),
  /** of which revision */
  revision: z.int().min(0),
})
export type ReadSnapshotMessage = Readonly<z.infer<typeof ReadSnapshotMessage>>

/** Ask for a sign of life. */
export const PingMessage = z.strictObject({
  type: z.literal("ping"),
  /** comes back in the `pong` */
  nonce: z.exactOptional(z.int().min(0)),
})
export type PingMessage = Readonly<z.infer<typeof PingMessage>>

/** The answer to `hello`. */
export const WelcomeMessage = z.object({
  type: z.literal("welcome"),
  /** the client id of this connection */
  client: z.string(),
  /** who the server takes this to be */
  identity: Identity,
  /** the secret that takes this client id up again */
  resume: z.string(),
  /** seconds between a client's pings */
  heartbeat: z.number(),
  /** what is enforced here */
  limits: SentLimits,
  /** seconds until the token ends */
  expires: z.exactOptional(z.number()),
})
export type WelcomeMessage = Readonly<z.infer<typeof WelcomeMessage>>

/** The answer to `renew`. */
export const RenewedMessage = z.object({
  type: z.literal("renewed"),
  /** seconds until the token ends */
  expires: z.exactOptional(z.number()),
})
export type RenewedMessage = Readonly<z.infer<typeof RenewedMessage>>

/** The answer to `open`: from here on `operations` follow without a gap. */
export const OpenedMessage = z.object({
  type: z.literal("opened"),
  /** the document's name */
  doc: text(1, 200),
  /** the type of the document */
  doc_type: z.string(),
  /** the document's epoch */
  epoch: z.string(),
  /** where the client is after taking this in */
  revision: z.int().min(0),
  /** the chain tag there */
  tag: z.string(),
  /** true: `entries` lead on from what the client holds; false: `snapshot` */
  resumed: z.boolean(),
  /** the last `seq` known of this client: it goes on from one above */
  seq: z.int().min(0),
  /** who else is here */
  presences: z.array(Presence),
  /** what the client may do here */
  access: z.enum(["write", "read"]),
  /** the document; absent also where there is none */
  snapshot: z.exactOptional(json),
  /** what the client has missed */
  entries: z.exactOptional(z.array(Entry)),
  /** that of `inflight`; absent: not known, send it again */
  fate: z.exactOptional(Fate),
  /** what `rewind` asked for */
  rewound: z.exactOptional(z.array(Entry)),
})
export type OpenedMessage = Readonly<z.infer<typeof OpenedMessage>>

/** What landed, in order and without a gap. One's own entry is its acknowledgement. */
export const OperationsMessage = z.object({
  type: z.literal("operations"),
  /** the document's name */
  doc: text(1, 200),
  /** in order of revision */
  entries: z.array(Entry),
  /** the chain tag after the last of them */
  tag: z.string(),
})
export type OperationsMessage = Readonly<z.infer<typeof OperationsMessage>>

/** The acknowledgement of a submission that came again. */
export const AckMessage = z.object({
  type: z.literal("ack"),
  /** the document's name */
  doc: text(1, 200),
  /** the client's own count of its submissions to the document, from 1 */
  seq: z.int().min(1),
  /** where it landed */
  revision: z.int().min(1),
  /** the operation as it landed */
  op: json,
})
export type AckMessage = Readonly<z.infer<typeof AckMessage>>

/** A submission refused for good: its `seq` is used up. */
export const RejectMessage = z.object({
  type: z.literal("reject"),
  /** the document's name */
  doc: text(1, 200),
  /** the client's own count of its submissions to the document, from 1 */
  seq: z.int().min(1),
  /** why, as a word of the list of codes */
  code: z.string(),
  /** why, for people */
  message: z.string(),
})
export type RejectMessage = Readonly<z.infer<typeof RejectMessage>>

/** Somebody in the room moved, came or went. */
export const PresenceChangedMessage = z.object({
  type: z.literal("presence"),
  /** the document's name */
  doc: text(1, 200),
  /** whose it is; set by the server */
  client: z.string(),
  /** who that is; set by the server */
  identity: Identity,
  /** the revision at which positions in `state` hold */
  revision: z.int().min(0),
  /** what the sender gave; null: gone */
  state: json,
})
export type PresenceChangedMessage = Readonly<z.infer<typeof PresenceChangedMessage>>

/** This connection is too slow: nothing after `revision` comes until it opens again. */
export const LaggingMessage = z.object({
  type: z.literal("lagging"),
  /** the document's name */
  doc: text(1, 200),
  /** the last revision that was sent */
  revision: z.int().min(0),
})
export type LaggingMessage = Readonly<z.infer<typeof LaggingMessage>>

/** The subscription was ended or refused. */
export const ClosedMessage = z.object({
  type: z.literal("closed"),
  /** the document's name */
  doc: text(1, 200),
  /** why, as a word of the list of codes */
  code: z.string(),
  /** why, for people */
  message: z.string(),
})
export type ClosedMessage = Readonly<z.infer<typeof ClosedMessage>>

/** The answer to `history`. */
export const HistoryReadMessage = z.object({
  type: z.literal("history"),
  /** chosen by the client; the answer has the same */
  request: z.int().min(0),
  /** the document's name */
  doc: text(1, 200),
  /** in the order asked for */
  entries: z.array(Entry),
  /** whether there are entries beyond these */
  more: z.boolean(),
})
export type HistoryReadMessage = Readonly<z.infer<typeof HistoryReadMessage>>

/** The answer to `snapshot`. */
export const SnapshotReadMessage = z.object({
  type: z.literal("snapshot"),
  /** chosen by the client; the answer has the same */
  request: z.int().min(0),
  /** the document's name */
  doc: text(1, 200),
  /** the type of the document */
  doc_type: z.string(),
  /** the revision asked for */
  revision: z.int().min(0),
  /** the document; absent where there was none */
  snapshot: z.exactOptional(json),
})
export type SnapshotReadMessage = Readonly<z.infer<typeof SnapshotReadMessage>>

/** Something the client sent was not taken in; nothing was used up. */
export const ErrorMessage = z.object({
  type: z.literal("error"),
  /** why, as a word of the list of codes */
  code: z.string(),
  /** why, for people */
  message: z.string(),
  /** whether the connection ends with this */
  fatal: z.boolean(),
  /** the document that the message named */
  doc: z.exactOptional(z.string()),
  /** the submission that the message was */
  seq: z.exactOptional(z.int().min(0)),
  /** the request that the message was */
  request: z.exactOptional(z.int().min(0)),
  /** seconds to wait before trying again */
  retry_after: z.exactOptional(z.number()),
})
export type ErrorMessage = Readonly<z.infer<typeof ErrorMessage>>

/** The server is about to go: come back after a while. */
export const GoodbyeMessage = z.object({
  type: z.literal("goodbye"),
  /** why, as a word of the list of codes */
  reason: z.string(),
  /** seconds to wait, and add jitter */
  retry_after: z.number(),
})
export type GoodbyeMessage = Readonly<z.infer<typeof GoodbyeMessage>>

/** The answer to `ping`. */
export const PongMessage = z.object({
  type: z.literal("pong"),
  /** that of the `ping` */
  nonce: z.exactOptional(z.int().min(0)),
})
export type PongMessage = Readonly<z.infer<typeof PongMessage>>

/** What a client sends. */
export const ClientMessage = z.discriminatedUnion("type", [
  HelloMessage,
  RenewMessage,
  OpenMessage,
  SubmitMessage,
  SetPresenceMessage,
  CloseMessage,
  ReadHistoryMessage,
  ReadSnapshotMessage,
  PingMessage,
])
export type ClientMessage = z.infer<typeof ClientMessage>

/** What a server sends. */
export const ServerMessage = z.discriminatedUnion("type", [
  WelcomeMessage,
  RenewedMessage,
  OpenedMessage,
  OperationsMessage,
  AckMessage,
  RejectMessage,
  PresenceChangedMessage,
  LaggingMessage,
  ClosedMessage,
  HistoryReadMessage,
  SnapshotReadMessage,
  ErrorMessage,
  GoodbyeMessage,
  PongMessage,
])
export type ServerMessage = z.infer<typeof ServerMessage>

/** WebSocket subprotocols: JSON in text frames, MessagePack in binary ones. */
export const SUBPROTOCOLS = {
  json: "counterpoint.v1.json",
  msgpack: "counterpoint.v1.msgpack",
} as const

/** What a code uses up or ends: a `seq`, nothing, the subscription, the connection. */
export type CodeKind = "reject" | "error" | "closed" | "fatal"

/** Every code of the protocol. */
export const CODES = {
  /** the operation is malformed, not in normal form, or does not fit the document. The client: take the operation back and hand it to the application. */
  "invalid-operation": { kind: "reject" },
  /** this identity may not change the document. The client: take the operation back; show the document as read-only. */
  "forbidden": { kind: "reject" },
  /** the operation, or the document with it, is over a limit. The client: take the operation back and hand it to the application. */
  "too-large": { kind: "reject" },
  /** too many entries, or none kept, lie between the operation's base and now. The client: put the operation back under the buffer and send it anew at the present revision under the next `seq`. */
  "superseded": { kind: "reject" },
  /** this identity may not show presence, or read history, here. The client: do not ask again. */
  "not-allowed": { kind: "error" },
  /** a `renew` whose token does not hold, or is somebody else's. The client: get another token and renew again; the session lasts until the old one ends. */
  "bad-token": { kind: "error" },
  /** a submission before this one never arrived. The client: open the document again. */
  "seq-gap": { kind: "error" },
  /** this `seq` stands for another operation already. The client: open the document again and go on from its `seq` + 1. */
  "seq-reused": { kind: "error" },
  /** the base revision is above the log's newest. The client: open the document again. */
  "future-revision": { kind: "error" },
  /** a revision below zero. The client: a bug in the client: report it. */
  "negative-revision": { kind: "error" },
  /** the document is not open on this connection. The client: open it first. */
  "not-open": { kind: "error" },
  /** an `open` of this document is outstanding. The client: wait for its answer. */
  "already-open": { kind: "error" },
  /** more messages a second than `welcome` allows. The client: wait `retry_after` seconds, then send the same again. */
  "rate-limited": { kind: "error" },
  /** the store cannot answer now. The client: wait `retry_after` seconds, then open the document again. */
  "unavailable": { kind: "error" },
  /** that revision is not kept any more, or was never reached. The client: ask for another revision. */
  "revision-gone": { kind: "error" },
  /** a message type that this version does not know. The client: a newer client: fall back, or report it. */
  "unknown-type": { kind: "error" },
  /** a field is missing, too many, of the wrong type or out of bounds; the text has its path. The client: a bug in the client: report it. */
  "bad-message": { kind: "error" },
  /** a document's name is empty, over 200 characters, has control characters, or `.` or `..` as a part. The client: choose another name. */
  "bad-document-name": { kind: "error" },
  /** more documents open on one connection than `welcome` allows. The client: close some. */
  "too-many-documents": { kind: "closed" },
  /** the client closed the document before its `open` was answered. The client: nothing: it is the answer to that `open`. */
  "closed-early": { kind: "closed" },
  /** no document of that name, and no `doc_type` to make one with. The client: open it with `doc_type` to make it. */
  "no-such-document": { kind: "closed" },
  /** the document has another type. The client: open it without `doc_type`, or another document. */
  "wrong-doc-type": { kind: "closed" },
  /** the server has no such document type. The client: choose one that it has. */
  "unknown-doc-type": { kind: "closed" },
  /** the type refuses the initial data. The client: open it with other data. */
  "bad-create": { kind: "closed" },
  /** this identity may not open the document, or there is none and it may not make one. The client: sign in as somebody who may. */
  "access-denied": { kind: "closed" },
  /** the store cannot load the document now, or this identity makes documents faster than it may. The client: open it again after a while, with backoff. */
  "document-unavailable": { kind: "closed" },
  /** what is stored of the document cannot be read. The client: tell the operator; nothing was overwritten. */
  "document-broken": { kind: "closed" },
  /** a text frame that is no JSON (or a binary one that is no MessagePack), is nested too deep, or holds what JSON cannot. The client: a bug in the client: report it. */
  "not-json": { kind: "fatal", close: 4000 },
  /** a text frame where the subprotocol wants binary, or the other way round. The client: a bug in the client: report it. */
  "wrong-frame": { kind: "fatal", close: 4000 },
  /** another message before `hello`. The client: a bug in the client: report it. */
  "expected-hello": { kind: "fatal", close: 4000 },
  /** a second `hello`. The client: a bug in the client: report it. */
  "already-greeted": { kind: "fatal", close: 4000 },
  /** no token, or one that does not hold. The client: get a token, then connect again. */
  "unauthorized": { kind: "fatal", close: 4001 },
  /** the secret does not belong to the client id. The client: connect as a new client; hand what is pending to the application. */
  "bad-resume": { kind: "fatal", close: 4002 },
  /** another connection has taken up this client id. The client: stop: another tab or process goes on. */
  "replaced": { kind: "fatal", close: 4003 },
  /** a message over the limit of `welcome`. The client: hand the operation back to the application, then connect again. */
  "message-too-large": { kind: "fatal", close: 4004 },
  /** no `hello` in time. The client: connect again with backoff. */
  "hello-timeout": { kind: "fatal", close: 4100 },
  /** the server is going away. The client: connect again after `retry_after` seconds, with jitter. */
  "draining": { kind: "fatal", close: 4101 },
  /** too many messages before `hello`, or far too many after it. The client: connect again with backoff. */
  "overloaded": { kind: "fatal", close: 4102 },
  /** a bug in the server, logged there. The client: connect again with backoff. */
  "internal-error": { kind: "fatal", close: 4103 },
  /** this connection reads so slowly that its outbox is full. The client: connect again at once and catch up. */
  "too-slow": { kind: "fatal", close: 4200 },
  /** nothing was heard for too long. The client: connect again at once. */
  "heartbeat-timeout": { kind: "fatal", close: 4201 },
  /** the token has ended. The client: get a fresh token, then connect again at once. */
  "expired": { kind: "fatal", close: 4202 },
} as const satisfies Record<string, { readonly kind: CodeKind; readonly close?: number }>
export type Code = keyof typeof CODES

/** Whether to connect again after a close code: not at all, after `retry_after`, at once. */
export type ComesBack = "never" | "later" | "now"

/** The close codes that the server uses, and the codes that each stands for. */
export const CLOSE_CODES = {
  4000: { comesBack: "never", codes: ["not-json", "wrong-frame", "expected-hello", "already-greeted"] },
  4001: { comesBack: "never", codes: ["unauthorized"] },
  4002: { comesBack: "never", codes: ["bad-resume"] },
  4003: { comesBack: "never", codes: ["replaced"] },
  4004: { comesBack: "never", codes: ["message-too-large"] },
  4100: { comesBack: "later", codes: ["hello-timeout"] },
  4101: { comesBack: "later", codes: ["draining"] },
  4102: { comesBack: "later", codes: ["overloaded"] },
  4103: { comesBack: "later", codes: ["internal-error"] },
  4200: { comesBack: "now", codes: ["too-slow"] },
  4201: { comesBack: "now", codes: ["heartbeat-timeout"] },
  4202: { comesBack: "now", codes: ["expired"] },
} as const satisfies Record<number, { readonly comesBack: ComesBack; readonly codes: readonly Code[] }>
export type CloseCode = keyof typeof CLOSE_CODES
