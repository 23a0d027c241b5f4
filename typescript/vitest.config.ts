import { defineConfig } from "vitest/config";

// A loaded machine is slow: a test that hangs is told by this.
export default defineConfig({
  test: { include: ["test/*.test.ts"], maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});
