/**
 * Damaged files of the newer layouts, whose checksums count as right here, so that what they guard is read: each ends in a
 * FormatError or is read, soon and in little memory.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'fflate'
import { expect, test, vi } from 'vitest'
import { FormatError } from '../../src/formats/formatError.ts'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Node } from '../../src/formats/hdf5/tree.ts'
import { Generator } from '../../src/util/generator.ts'
import { processorTime } from '../support/processorTime.ts'

// The number that stands behind the bytes.
vi.mock('../../src/formats/hdf5/checksum.ts', () => ({
  checksum: ({ buffer, byteOffset, length }: Uint8Array) =>
    new DataView(buffer).getUint32(byteOffset + length, true),
}))

function readAll(node: Hdf5Node): void {
  node.attribute('attribute 3')
  node.attribute('names')
  if (node.kind === 'dataset') node.read()
  else for (const child of node.children.values()) readAll(child)
}

test.each(['newer.v108.h5', 'newer.latest.h5', 'chunks.earliest.h5', 'chunks.latest.h5'])(
  '%s',
  async (name) => {
    const good = gunzipSync(readFileSync(new URL(`hdf5/${name}.gz`, import.meta.url)))
    const used = [...good.keys()].filter((at) => good[at] !== 0)
    const generator = new Generator(7)
    const below = (limit: number): number => Math.floor(generator.uniform() * limit)
    let refused = 0
    for (let round = 0; round < 60; round++) {
      const bytes = good.slice(0, below(5) === 0 ? below(good.length) : good.length)
      for (let i = below(40); i >= 0; i--) bytes[used[below(used.length)] ?? 0] = below(256)
      const took = processorTime()
      try {
        readAll(await readHdf5('damaged', bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
        refused++
      }
      expect(took()).toBeLessThan(1000)
    }
    expect(refused).toBeGreaterThan(20)
  },
)
