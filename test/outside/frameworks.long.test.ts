/** The components of docs/frameworks.md in React, Vue and Svelte, as Vite's server gives them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeFiles } from '../support/documents.ts'
import { freePort } from '../support/freePort.mjs'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install('frameworks')
  writeFiles('docs/frameworks.md', project.folder)
  // The test of the pages says how many epochs there are, so that what it stops has not ended.
  for (const name of ['Forecast.jsx', 'Forecast.vue', 'Forecast.svelte']) {
    const path = join(project.folder, 'src', name)
    const text = readFileSync(path, 'utf8')
    expect(text, name).toContain('epochs: 40,')
    writeFileSync(path, text.replace('epochs: 40,', 'epochs: globalThis.epochs,'))
  }
})
afterAll(() => project?.remove())

test('they train, stop, and end with their components', { timeout: 300_000 }, async () => {
  const variables = { PORT: String(await freePort()) }
  const { output, code } = await project.tool(
    '@playwright/test/cli.js',
    ['test', '--reporter=line'],
    variables,
  )
  expect(output).toContain('3 passed')
  expect(code, output).toBe(0)
})
