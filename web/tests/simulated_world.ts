/** The world of a client in tests: a clock that the test moves, sockets that it plays the server of. */

import type { SocketListener, Surroundings } from "../src/surroundings.ts"
import type { ClientMessage, ServerMessage } from "../src/wire.ts"

const limits = {
  message_bytes: 1, operation_bytes: 1, operation_components: 1, json_depth: 1, document_bytes: 1, documents: 1,
  submissions_per_second: 1, submission_burst: 1, presences_per_second: 1,
}

/** A clock that the test moves, and the sockets that one client opened. */
export class SimulatedWorld implements Surroundings {
  time = 0
  readonly sockets: { readonly listener: SocketListener; readonly sent: ClientMessage[]; closed: boolean }[] = []
  private timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): number { return this.time }
  date(): number { return this.time }
  random(): number { return 0.5 }

  openSocket(_url: string, listener: SocketListener): { send(frame: string): void; close(): void } {
    const socket = { listener, sent: [] as ClientMessage[], closed: false }
    this.sockets.push(socket)
    return {
      send: (frame) => { socket.sent.push(JSON.parse(frame) as ClientMessage) },
      close: () => { socket.closed = true },
    }
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.time + milliseconds, callback }
    this.timers.push(timer)
    return () => { this.timers = this.timers.filter((other) => other !== timer) }
  }

  /** Let time pass, timer by timer, and let what waits for promises go on between them. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds
    await calm()
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
      if (due === undefined) break
      this.timers = this.timers.filter((timer) => timer !== due)
      this.time = Math.max(this.time, due.at)
      due.callback()
      await calm()
    }
    this.time = end
  }

  get last(): { readonly listener: SocketListener; readonly sent: ClientMessage[]; closed: boolean } {
    return this.sockets.at(-1)!
  }

  async say(...messages: readonly (ServerMessage | object)[]): Promise<void> {
    for (const message of messages) this.last.listener.heard(JSON.stringify(message))
    await calm()
  }

  sent(type: ClientMessage["type"]): ClientMessage[] { return this.last.sent.filter((message) => message.type === type) }
}

/** Let everything that only waits for promises go on. */
export function calm(): Promise<void> { return new Promise((resolve) => { setImmediate(resolve) }) }

export const welcome = { type: "welcome", client: "me", identity: { id: "g", name: "Guest" }, resume: "secret", heartbeat: 20, limits }
export const opened = {
  type: "opened", doc: "doc", doc_type: "text", epoch: "e", revision: 3, tag: "t3", resumed: false, seq: 0, presences: [],
  access: "write", snapshot: "abc",
}
