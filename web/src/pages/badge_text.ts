/** What the connection badge says, from what the connection and the document are doing. Pure. */

import type { ConnectionStatus } from "../client.ts"
import type { Refused } from "../document_sync.ts"

/** What there is to know. */
export interface BadgeFacts {
  readonly status: ConnectionStatus
  readonly now: number
  /** Whether the document has been seen at all. */
  readonly loaded: boolean
  readonly live: boolean
  readonly unsent: number
  /** Whether the server has everything, and has had it for long enough to say so. */
  readonly saved: boolean
  /** Whether edits have been on their way for long enough to say so. */
  readonly slow: boolean
  readonly access: "write" | "read"
  readonly refused: Refused | null
}

export interface Badge {
  readonly text: string
  readonly tone: "good" | "busy" | "warning" | "stopped"
  /** What the button says: it connects now, or goes where the document can be shown; null: there is none. */
  readonly action: string | null
}

const STOPPED: Readonly<Record<string, string>> = {
  replaced: "Taken over by another tab",
  unauthorized: "Sign in to go on",
}

/** Return the badge for these facts. */
export function badgeOf(facts: BadgeFacts): Badge {
  const { status, refused } = facts
  if (refused?.code === "wrong-doc-type") return { text: "This document is of another kind", tone: "stopped", action: "Open it there" }
  if (refused !== null) return { text: `Can’t open: ${refused.message}`, tone: "stopped", action: null }
  switch (status.phase) {
    case "online":
      return onlineBadge(facts)
    case "idle":
    case "connecting":
    case "greeting":
      return { text: withUnsent(facts.loaded ? "Reconnecting…" : "Connecting…", facts.unsent), tone: "busy", action: null }
    case "waiting":
      return { text: withUnsent(`Reconnecting in ${seconds(facts)} s`, facts.unsent), tone: "warning", action: "Retry" }
    case "offline":
      return { text: withUnsent("Offline", facts.unsent), tone: "warning", action: "Retry" }
    case "stopped": {
      const code = status.refusal?.code ?? ""
      const text = STOPPED[code] ?? status.refusal?.message ?? "Disconnected"
      return { text: withUnsent(text, facts.unsent), tone: "stopped", action: code === "replaced" ? "Use here" : "Retry" }
    }
  }
}

function onlineBadge({ live, slow, saved, unsent, loaded, access }: BadgeFacts): Badge {
  if (!live) return { text: withUnsent(loaded ? "Catching up…" : "Opening…", unsent), tone: "busy", action: null }
  if (access === "read") return { text: "Online · read only", tone: "good", action: null }
  if (saved) return { text: "Online · saved", tone: "good", action: null }
  return { text: "Online · saving…", tone: slow ? "busy" : "good", action: null }
}

function seconds({ status, now }: BadgeFacts): number {
  return status.retryAt === null ? 0 : Math.max(1, Math.ceil((status.retryAt - now) / 1000))
}

function withUnsent(text: string, unsent: number): string {
  if (unsent === 0) return text
  return `${text} · ${unsent} unsent`
}
