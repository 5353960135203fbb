/** What visitors download stays small, names no machine, and is what the sources make. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import { expect, test } from "vitest"

const web = new URL("..", import.meta.url).pathname
const dist = join(web, "dist")

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Bytes after gzip: most of it CodeMirror's view (50 kB), the validators (28 kB) and XState (14 kB). */
const LIMITS = { "edit.js": 180_000, "index.js": 5_000, "counterpoint.css": 6_000 }

test.each(Object.entries(LIMITS))("%s is at most %i bytes, compressed", (name, limit) => {
  expect(gzipSync(readFileSync(join(dist, "assets", name))).length).toBeLessThan(limit)
})

test("building again gives the same bytes", () => {
  const out = mkdtempSync(join(tmpdir(), "counterpoint-"))
  execFileSync("node", ["build.mjs", out], { cwd: web })
  expect(files(out)).toEqual(files(dist))
  for (const name of files(dist)) expect([name, readFileSync(join(out, name)).equals(readFileSync(join(dist, name)))]).toEqual([name, true])
  rmSync(out, { recursive: true })
})

test("pages load nothing from elsewhere", () => {
  for (const page of ["index.html", "edit.html"]) {
    const html = readFileSync(join(dist, page), "utf8")
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/gu)].map((match) => match[1])
    expect(sources.filter((source) => source?.startsWith("/") !== true)).toEqual([])
  }
})
