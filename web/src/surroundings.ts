/** The world outside a client, handed to it: clocks, chance, timers and sockets. Tests hand it a simulated one. */

/** Version 1 of the protocol, in JSON text frames. */
const SUBPROTOCOL = "counterpoint.v1.json"

/** What a socket tells the client that opened it. */
export interface SocketListener {
  opened(): void
  heard(frame: string): void
  /** The socket is closed; `code` as in RFC 6455, 1006 where the connection just ended. */
  closed(code: number): void
}

/** One WebSocket, as far as a client needs it. */
export interface Socket {
  send(frame: string): void
  close(): void
}

export interface Surroundings {
  /** Milliseconds of a clock that never jumps. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
  /** A number from [0, 1). */
  random(): number
  openSocket(url: string, listener: SocketListener): Socket
  /** Call `callback` after so many milliseconds; the answer takes that back. */
  after(milliseconds: number, callback: () => void): () => void
}

/** Return the browser's own. */
export function browserWorld(): Surroundings {
  return {
    now: () => performance.now(),
    date: () => Date.now(),
    random: () => Math.random(),
    openSocket: openWebSocket,
    after: (milliseconds, callback) => {
      const timer = setTimeout(callback, milliseconds)
      return () => { clearTimeout(timer) }
    },
  }
}

function openWebSocket(url: string, listener: SocketListener): Socket {
  const socket = new WebSocket(url, [SUBPROTOCOL])
  socket.onopen = () => { listener.opened() }
  socket.onmessage = (event: MessageEvent<unknown>) => {
    if (typeof event.data === "string") listener.heard(event.data)
  }
  socket.onclose = (event) => { listener.closed(event.code) }
  return { send: (frame) => { socket.send(frame) }, close: () => { socket.close() } }
}
