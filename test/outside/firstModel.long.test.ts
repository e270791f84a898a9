/**
 * docs/first-model.md as somebody does it who installs the package: the pages of Vite and of React, and the test of a page, with the
 * configuration that stands there. A test there is green on the right page, and red on others.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeFiles } from '../support/documents.ts'
import { freePort } from '../support/freePort.mjs'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install('firstModel')
  writeFiles('docs/first-model.md', project.folder)
  await adapt(project.folder)
})
afterAll(() => project?.remove())

/** Takes a free port, since Vite's own may be taken, and a tenth of the epochs: test/browser/docs.spec.ts has the page run them all. */
async function adapt(folder: string): Promise<void> {
  const port = await freePort()
  for (const [name, given, own] of [
    ['playwright.config.ts', ':5173', `:${port}`],
    ['package.json', '--strictPort', `--strictPort --port ${port}`],
    ['src/main.ts', 'epochs: 40', 'epochs: 4'],
    ['src/App.jsx', 'epochs: 40', 'epochs: 4'],
    ['tests/forecast.spec.ts', 'toHaveLength(40)', 'toHaveLength(4)'],
  ] as const) {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    expect(text, name).toContain(given)
    writeFileSync(path, text.replaceAll(given, own))
  }
}

test('a test of the page passes on WebGPU, and fails where the page fails or ran on the CPU', async () => {
  const { output, code } = await project.tool('@playwright/test/cli.js', ['test', '--reporter=line'])
  expect(output).toMatch(/^ {2}1 failed\n.*fails where the page does, or ran on the CPU.*\n {2}2 passed/m)
  expect(output).toContain('expected no problems, got 2')
  expect(output).toContain('uncaught: the page of somebody')
  expect(output).toContain('expected Recurra to run on webgpu, got calls on cpu')
  expect(code, output).toBe(1)
})
