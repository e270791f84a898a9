/** All cases of other libraries' tests on WebGPU; peers.test.ts runs them on the CPU. */
import { beforeAll, expect, test } from 'vitest'
import { casesOf, libraries } from './peers/cases.ts'
import { check } from './peers/check.ts'
import { chooseBackend } from './support/backends.ts'

beforeAll(() => chooseBackend('webgpu'))

test.each(libraries)('%s', { timeout: 1_200_000 }, async (library) => {
  expect((await check(casesOf(library))).unexpected).toEqual([])
})
