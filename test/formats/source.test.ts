/** Where loadModel reads from: bytes, Blobs, URLs, and paths in Node. */
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { loadModel } from '../../src/node.ts'
import { goldenCase } from '../support/golden.ts'

const { modelBytes } = goldenCase('vanilla')
const path = 'test/golden/vanilla/model.keras'
const buffer = modelBytes.slice().buffer

test.each([
  ['Uint8Array', modelBytes],
  ['ArrayBuffer', buffer],
  ['Blob', new Blob([buffer])],
  ['path', path],
  ['file URL', pathToFileURL(path)],
  ['data URL', `data:application/octet-stream;base64,${Buffer.from(modelBytes).toString('base64')}`],
] as const)('%s', async (_, source) => {
  expect((await loadModel(source)).countParams()).toBe(393)
})

test('what cannot be read says so, and why', async () => {
  await expect(loadModel('test/golden/missing.keras')).rejects.toThrow(
    'loadModel "test/golden/missing.keras": expected a file that can be read, got: ENOENT: no such file',
  )
  await expect(loadModel(7 as unknown as string)).rejects.toThrow(
    'loadModel: expected bytes, a Blob, a URL or a path, got 7.',
  )
})
