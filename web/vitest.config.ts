import { defineConfig } from "vitest/config"

/** What decides on documents: the types, and a client's state of one. `npm run branches` holds all of it taken. */
const core = [
  ...["code_points", "document_type", "rich_text_components", "rich_text_type", "text_type"],
  ...["canonical_json", "document_state", "local_edits", "log_events", "operation_size", "undo"],
].map((name) => `src/${name}.ts`)

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    testTimeout: 60_000, // milliseconds, for what is stuck: all vectors take seconds where the machine is busy
    coverage: { provider: "v8", include: core, reporter: "text", reportsDirectory: "node_modules/.coverage", thresholds: { 100: true } },
  },
})
