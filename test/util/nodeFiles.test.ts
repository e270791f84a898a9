/** Files by paths: in pieces of any size and order, and whole or not at all. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blobOf, type FilePieces, inOrder, type Piece, whole } from '../../src/util/filePieces.ts'
import { nodeFiles } from '../../src/util/nodeFiles.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recurra-files-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Bytes that differ from place to place. */
const bytesOf = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => seed + i + (i >> 8) + (i >> 16))

const arrays = [3, 0, 2 ** 20 - 2, 5, 2 ** 20, 7, 9, 2 ** 23 + 11, 1].map((length, i) => bytesOf(length, i))

test('arrays that follow each other, small and larger than a piece', async () => {
  const file = inOrder(arrays)
  const path = join(folder, 'inner/order')
  await nodeFiles.write(path, file)
  const written = await readFile(path)
  expect(written.equals(Buffer.concat(arrays))).toBe(true)
  expect(written.equals(whole(file))).toBe(true)
  expect(written.equals((await nodeFiles.read(path)) ?? new Uint8Array())).toBe(true)
  expect(written.equals(new Uint8Array(await blobOf(file).arrayBuffer()))).toBe(true)
})

test('pieces of which the first comes last', async () => {
  const [first, ...others] = [...inOrder(arrays).pieces()] as [Piece, ...Piece[]]
  const file: FilePieces = { size: inOrder(arrays).size, pieces: () => [...others, first] }
  await nodeFiles.write(join(folder, 'late'), file)
  const written = await readFile(join(folder, 'late'))
  expect(written.equals(Buffer.concat(arrays))).toBe(true)
  expect(written.equals(new Uint8Array(await blobOf(file).arrayBuffer()))).toBe(true)
})

test('a file that cannot be computed to its end leaves the one before, and nothing beside it', async () => {
  const path = join(folder, 'kept')
  await nodeFiles.write(path, inOrder([bytesOf(10, 1)]))
  const pieces = function* (): Generator<Piece> {
    yield { at: 0, bytes: bytesOf(2 ** 21, 2) }
    throw new RangeError('no more')
  }
  await expect(nodeFiles.write(path, { size: 2 ** 22, pieces })).rejects.toThrow('no more')
  expect(await readFile(path)).toEqual(Buffer.from(bytesOf(10, 1)))
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('no file, an empty one, and a folder', async () => {
  expect(await nodeFiles.read(join(folder, 'none'))).toBeNull()
  await nodeFiles.write(join(folder, 'empty'), inOrder([]))
  expect(await nodeFiles.read(join(folder, 'empty'))).toHaveLength(0)
  await expect(nodeFiles.read(folder)).rejects.toMatchObject({ code: 'EISDIR' })
})
