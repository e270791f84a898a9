/** As examples.test.ts: the page that webpack builds, which takes longest. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ExamplesProject } from './examplesProject.ts'

let project: ExamplesProject
beforeAll(async () => {
  project = await ExamplesProject.install()
})
afterAll(() => project?.remove())

test('a page of webpack', async () => {
  const { output, code } = await project.testPages(['webpack'], 'webpack')
  expect(output).toContain('1 passed')
  expect(code).toBe(0)
})
