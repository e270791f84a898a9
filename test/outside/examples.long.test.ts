/** As examples.test.ts: pages of bundlers and of none, workers, and a strict policy. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install()
})
afterAll(() => project?.remove())

test('pages of no bundler, and workers of Vite', async () => {
  const { output, code } = await project.testPages(
    ['worker', 'remote'],
    '^(?!.*(webpack|vite:|vite-7|esbuild))',
  )
  expect(output).toContain('4 passed')
  expect(code).toBe(0)
})

test('pages of Vite, webpack and esbuild, and workers of these and of Vite 7', {
  timeout: 300_000,
}, async () => {
  const pages = ['vite', 'webpack', 'esbuild', 'remote-webpack', 'remote-esbuild', 'remote-vite-7']
  const { output, code } = await project.testPages(pages, 'vite: |webpack|vite-7|esbuild')
  expect(output).toContain('6 passed')
  expect(code).toBe(0)
})
