/**
 * HDF5 beyond what Keras writes by default (newerReader.ts): files that h5py wrote with libver 1.8, 1.10 and 2.0, in which groups and
 * attributes lie in headers and in heaps, and arrays in chunks; and those that h5wasm writes of Keras's weights.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync, unzipSync } from 'fflate'
import { type Group, File as H5File, ready } from 'h5wasm'
import { describe, expect, test } from 'vitest'
import { checksum } from '../../src/formats/hdf5/checksum.ts'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Group, Hdf5Node } from '../../src/formats/hdf5/tree.ts'
import { loadModel } from '../../src/node.ts'
import { goldenCase } from '../support/golden.ts'
import { withEntry } from '../support/kerasFiles.ts'

const recorded = (name: string): Uint8Array =>
  gunzipSync(readFileSync(new URL(`hdf5/${name}.gz`, import.meta.url)))
const numbersOf = (node: Hdf5Node | undefined): number[] =>
  node?.kind === 'dataset' ? [...node.read().data] : []

test('checksums are those of lookup3', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  expect(checksum(text(''))).toBe(0xdeadbeef)
  expect(checksum(text('Four score and seven years ago'))).toBe(0x17770551)
})

describe.each(['newer.v108.h5', 'newer.latest.h5'])('%s', (name) => {
  test.each([0, 3, 9, 150])('a group of %i, with as many attributes', async (count) => {
    const group = (await readHdf5(name, recorded(name))).children.get(`group of ${count}`) as Hdf5Group
    expect(group.children.size).toBe(count)
    for (let i = 0; i < count; i++) {
      expect(numbersOf(group.children.get(`member ${i}`))).toEqual(new Array(i % 3).fill(i))
      expect(group.attribute(`attribute ${i}`)).toEqual({ shape: [], data: [`text ${i}`] })
    }
    expect(group.attribute('attribute -1')).toBeNull()
  })

  test('an attribute too large for a header, and every type of numbers', async () => {
    const root = await readHdf5(name, recorded(name))
    expect(root.attribute('names')?.data[699]).toBe('name 699')
    const types = [...root.children].filter(([key]) => key.startsWith('type '))
    expect(types).toHaveLength(18)
    for (const [key, array] of types)
      expect([key, numbersOf(array)]).toEqual([key, key === 'type bool' ? [1, 0, 1] : [1, 2, 100]])
  })
})

test.each(['chunks.earliest.h5', 'chunks.v110.h5', 'chunks.latest.h5'])('%s', async (name) => {
  const { children } = await readHdf5(name, recorded(name))
  expect(children.size).toBe(8)
  for (const [key, array] of children) {
    const shape = array.kind === 'dataset' ? array.shape : []
    const size = shape.reduce((product, extent) => product * extent, 1)
    expect([key, numbersOf(array)]).toEqual([key, Array.from({ length: size }, (_, i) => i)])
  }
})

/** Weights written anew by the library, with its newest layouts. */
async function rewritten(weights: Uint8Array, isCompressed: boolean): Promise<Uint8Array> {
  const library = await ready
  const path = '/newer-hdf5-of-a-test.h5'
  const file = new H5File(path, 'w', { libver: 'latest' })
  const copy = (from: Hdf5Group, to: Group | H5File): void => {
    for (const [name, child] of from.children) {
      if (child.kind === 'group') copy(child, to.create_group(name))
      else {
        const { data, shape } = child.read()
        const options =
          isCompressed && shape.length > 0 ? { chunks: [...shape], compression: 'gzip' as const } : {}
        to.create_dataset({ name, data, shape: [...shape], ...options })
      }
    }
  }
  copy(await readHdf5('weights', weights), file)
  file.close()
  const bytes = library.FS.readFile(path)
  library.FS.unlink(path)
  return bytes
}

test.each([
  ['as they are', false],
  ['compressed', true],
] as const)('a model whose weights are in the newest layout, %s', async (_, isCompressed) => {
  const { modelBytes } = goldenCase('bidirectional')
  const weights = unzipSync(modelBytes)['model.weights.h5'] as Uint8Array
  const bytes = await rewritten(weights, isCompressed)
  expect(bytes[8]).toBeGreaterThan(1)
  const [newer, plain] = [
    await loadModel(withEntry('model.weights.h5', bytes, 'bidirectional')),
    await loadModel(modelBytes),
  ]
  expect(await newer.getWeights()).toEqual(await plain.getWeights())
})

test('arrays that would take far more than their file are refused', async () => {
  const library = await ready
  const path = '/large-hdf5-of-a-test.h5'
  const file = new H5File(path, 'w', { libver: 'latest' })
  file.create_dataset({
    name: 'a',
    data: new Float32Array(2 ** 21),
    shape: [2 ** 21],
    chunks: [2 ** 18],
    compression: 'gzip',
  })
  file.close()
  const bytes = library.FS.readFile(path)
  library.FS.unlink(path)
  await expect(readHdf5('large.h5', bytes)).rejects.toThrow(
    /expected an array of at most \d+ bytes at "a", got 8388608\. Rewrite/,
  )
})

test('a wrong checksum', async () => {
  const bytes = recorded('newer.latest.h5')
  bytes[20] = 1
  await expect(readHdf5('file.h5', bytes)).rejects.toThrow(
    /file\.h5: expected a superblock with checksum \d+, got \d+\. The file is damaged/,
  )
})
