/** As examples.test.ts: the pages of other bundlers. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install()
})
afterAll(() => project?.remove())

test('pages of webpack and esbuild, and a worker of each and of Vite 7', { timeout: 300_000 }, async () => {
  const pages = ['webpack', 'esbuild', 'remote-webpack', 'remote-esbuild', 'remote-vite-7']
  const { output, code } = await project.testPages(pages, 'webpack|vite-7|esbuild')
  expect(output).toContain('5 passed')
  expect(code).toBe(0)
})
