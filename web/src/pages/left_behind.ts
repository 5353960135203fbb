/**
 * Sends what tabs that are gone had typed and not sent, each under the identity that typed it.
 *
 * A page knows one kind of document, and leaves those of other kinds to their own pages.
 */

import { Client } from "../client.ts"
import type { PendingStore } from "../pending_store.ts"
import { abandonedSeats, type SeatSurroundings } from "../seat.ts"
import type { DocumentEvent } from "../shared_document.ts"
import type { Surroundings } from "../surroundings.ts"
import type { DocumentKind } from "./document_kind.ts"

interface Sending {
  readonly kind: DocumentKind
  readonly url: string
  readonly store: PendingStore
  readonly world: Surroundings
  readonly seats: SeatSurroundings
  readonly token: string | null
  /** Hears what could not be kept. */
  readonly heard: (event: DocumentEvent) => void
}

/** Send everything that lies unsent under seats that nobody holds; resolves when it is sent. */
export async function sendLeftBehind(sending: Sending): Promise<void> {
  const seats = await abandonedSeats(sending.seats, sending.store)
  await Promise.all(
    seats.map(async (seat) => {
      try {
        await sendOf(seat.id, sending)
      } finally {
        seat.release()
      }
    }),
  )
}

async function sendOf(seat: string, { kind, url, store, world, token, heard }: Sending): Promise<void> {
  const records = (await store.unsent()).filter((record) => record.seat === seat && record.docType === kind.docType.name)
  if (records.length === 0) return // sent by somebody else meanwhile
  const client = await Client.connect({ url, seat, store, world, token })
  for (const { doc } of records) {
    const document = await client.open(doc, kind.docType)
    document.subscribe(heard)
    await document.settled()
    await document.stored()
  }
  client.close()
}
