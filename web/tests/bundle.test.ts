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

/**
 * Bytes after gzip of a file and of the chunks that it imports: CodeMirror's view (50 kB), Quill and Delta (50 kB), the
 * validators (28 kB) and XState (14 kB) are most of it.
 */
const LIMITS = { "edit.js": 190_000, "rich.js": 130_000, "index.js": 5_000, "counterpoint.css": 6_000, "rich.css": 4_000 }

function withChunks(name: string): readonly string[] {
  const found = new Set([name])
  for (const file of found)
    for (const [, chunk] of readFileSync(join(dist, "assets", file), "utf8").matchAll(/from"\.\/(chunk-[A-Z0-9]+\.js)"/gu)) if (chunk !== undefined) found.add(chunk)
  return [...found]
}

test.each(Object.entries(LIMITS))("%s is at most %i bytes, compressed", (name, limit) => {
  const files = withChunks(name)
  expect(files.length).toBe(name === "rich.css" || name === "counterpoint.css" ? 1 : name === "index.js" ? 2 : 3)
  expect(files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, "assets", file))).length, 0)).toBeLessThan(limit)
})

test("building again gives the same bytes", () => {
  const out = mkdtempSync(join(tmpdir(), "counterpoint-"))
  execFileSync("node", ["build.mjs", out], { cwd: web })
  expect(files(out)).toEqual(files(dist))
  for (const name of files(dist)) expect([name, readFileSync(join(out, name)).equals(readFileSync(join(dist, name)))]).toEqual([name, true])
  rmSync(out, { recursive: true })
})

test("pages load nothing from elsewhere", () => {
  for (const page of ["index.html", "edit.html", "rich.html"]) {
    const html = readFileSync(join(dist, page), "utf8")
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/gu)].map((match) => match[1])
    expect(sources.filter((source) => source?.startsWith("/") !== true)).toEqual([])
  }
})
