// Builds dist/ from src/: the pages, their scripts and their styles, the same bytes on every machine.
//
// Nothing in the output depends on where or when it was built: no source maps, no time stamps; chunks that pages
// share go by a hash of their content. The server serves dist/ as it stands, so that running it needs no Node.

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

import { build } from "esbuild"

const root = dirname(fileURLToPath(import.meta.url))
const out = process.argv[2] ?? join(root, "dist")

await rm(out, { recursive: true, force: true })
await mkdir(join(out, "assets"), { recursive: true })

const result = await build({
  absWorkingDir: root,
  entryPoints: { index: "src/pages/index.ts", edit: "src/pages/edit.ts", rich: "src/pages/rich.ts" },
  outdir: join(out, "assets"),
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  chunkNames: "chunk-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
})

const styles = await build({
  absWorkingDir: root,
  entryPoints: { counterpoint: "src/pages/styles/counterpoint.css", rich: "src/pages/styles/rich.css" },
  outdir: join(out, "assets"),
  bundle: true,
  minify: true,
  charset: "utf8",
  logLevel: "warning",
  external: ["/assets/*"],
})
if (styles.errors.length > 0) process.exit(1)

for (const page of ["index.html", "edit.html", "rich.html"]) {
  await writeFile(join(out, page), await readFile(join(root, "src/pages", page)))
}
await cp(join(root, "src/pages/icon.svg"), join(out, "assets/icon.svg"))

await writeFile(join(out, "assets/licences.txt"), await licences(Object.keys(result.metafile.inputs)))

/** The licences of the packages in the bundle, which ask to go where their code goes. */
async function licences(inputs) {
  const packages = new Set(inputs.flatMap((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []))
  const texts = [...packages].sort().map(async (name) => {
    const folder = join(root, "node_modules", name)
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"))
    const file = (await readdir(folder)).sort().find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? "" : `\n\n${(await readFile(join(folder, file), "utf8")).trim()}`
    return `${name} ${version}, ${license}${text}\n`
  })
  return (await Promise.all(texts)).join("\n\n")
}
