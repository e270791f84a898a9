/** Browser tests: the demo's own server, and the Chromium that test/support/adapter.mjs prepares. */
import { env } from 'node:process'
import { defineConfig } from '@playwright/test'
import { prepareAdapter } from './test/support/adapter.mjs'
import { builtSources } from './test/support/builtSources.ts'

const [{ chromium }, sources] = await Promise.all([prepareAdapter(), builtSources()])
// test/run.mjs looks for a free one
const port = Number(env.RECURRA_TEST_PORT ?? 5199)
const baseURL = `http://127.0.0.1:${port}`

export default defineConfig({
  testDir: 'test/browser',
  // What is worth more time than every run has: test/run.mjs long.
  testMatch: env.RECURRA_TEST_LONG ? '**/*.long.spec.ts' : /(?<!\.long)\.spec\.ts$/,
  outputDir: 'test/artifacts/browser',
  // Tests import `recurra` by its name, since Playwright takes half a minute to compile the sources.
  tsconfig: `${sources}/tsconfig.json`,
  workers: 1,
  // What hangs ends; what is slow because the machine is busy does not.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  use: {
    baseURL,
    launchOptions: {
      ...chromium,
      // As in test/support/gpu.ts.
      args: [...chromium.args, '--enable-dawn-features=disable_workgroup_init'],
      env: { ...withoutUndefined(env), ...chromium.env },
    },
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js --host 127.0.0.1 --port ${port} --strictPort`,
    port,
    reuseExistingServer: false,
    timeout: 60_000,
  },
})

function withoutUndefined(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  )
}
