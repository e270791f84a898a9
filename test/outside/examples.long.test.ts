/** As examples.test.ts: the pages of the bundlers that take longest. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install()
})
afterAll(() => project?.remove())

test('pages of webpack, and a worker of it and of Vite 7', { timeout: 300_000 }, async () => {
  const pages = ['webpack', 'remote-webpack', 'remote-vite-7']
  const { output, code } = await project.testPages(pages, 'webpack|vite-7')
  expect(output).toContain('3 passed')
  expect(code).toBe(0)
})
