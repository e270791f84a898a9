import { env } from 'node:process'
import { defineConfig } from '@playwright/test'

const url = `http://localhost:${env.PORT}`

export default defineConfig({
  testDir: 'tests',
  timeout: 120_000,
  expect: { timeout: 60_000 },
  use: { baseURL: url },
  webServer: { command: `npm run dev -- --port ${env.PORT}`, url: `${url}/react.html` },
})
