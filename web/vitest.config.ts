import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    testTimeout: 60_000, // milliseconds, for what is stuck: all vectors take seconds where the machine is busy
  },
})
