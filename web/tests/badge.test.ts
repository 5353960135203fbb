/** What the badge says: one thing, and only what is so. */

import { expect, test } from "vitest"

import { badgeOf, type BadgeFacts } from "../src/pages/badge_text.ts"

const status = { phase: "online", retryAt: null, refusal: null, identity: null, client: "me" } as const
const calm: BadgeFacts = {
  status, now: 0, loaded: true, live: true, unsent: 0, saved: true, slow: false, access: "write", refused: null,
}

test.each([
  [calm, "Online · saved"],
  [{ ...calm, saved: false }, "Online · saving…"],
  [{ ...calm, saved: false, unsent: 1, slow: true }, "Online · saving…"],
  [{ ...calm, access: "read" }, "Online · read only"],
  [{ ...calm, live: false, unsent: 2 }, "Catching up… · 2 unsent"],
  [{ ...calm, status: { ...status, phase: "waiting", retryAt: 4200 }, unsent: 3 }, "Reconnecting in 5 s · 3 unsent"],
  [{ ...calm, status: { ...status, phase: "offline" }, unsent: 1 }, "Offline · 1 unsent"],
  [{ ...calm, refused: { code: "access-denied", message: "not yours" } }, "Can’t open: not yours"],
] satisfies [BadgeFacts, string][])("%# says one thing: %s", (facts, text) => {
  expect(badgeOf(facts).text).toBe(text)
})

test("the badge looks busy only where saving takes long enough to be seen", () => {
  expect(badgeOf({ ...calm, saved: false, unsent: 1 }).tone).toBe("good")
  expect(badgeOf({ ...calm, saved: false, unsent: 1, slow: true }).tone).toBe("busy")
})
