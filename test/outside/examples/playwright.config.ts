import { defineConfig } from '@playwright/test'

const port = Number(process.env.PORT ?? 4173)

export default defineConfig({
  testMatch: '*.spec.ts',
  workers: 1,
  timeout: 120_000,
  use: { baseURL: `http://127.0.0.1:${port}` },
  webServer: { command: 'node serve.mjs', port, env: { PORT: String(port) } },
})
