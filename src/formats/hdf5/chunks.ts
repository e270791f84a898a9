// Arrays in chunks: blocks of one shape, each compressed by itself, that a tree or a table lists.

import type { Cursor, FileBytes } from './cursor.ts'
import { REPACK, readFilters, unfiltered } from './filters.ts'
import type { Check } from './fractalHeap.ts'
import type { ArrayPlace } from './reader.ts'

/** What an array may take: ten times its file, and some in any case. */
const MOST_EXPANSION = 10
const LEAST_BYTES = 2 ** 20
const MOST_LEVELS = 16
const INDEXES = [
  '',
  'a single chunk',
  'implicit',
  'a fixed array',
  'an extensible array',
  'a tree of version 2',
]

/** A chunk in the file. `index` counts chunks row by row. */
interface Chunk {
  readonly index: number
  readonly address: number
  readonly bytes: number
  /** Bits of filters that were not applied. */
  readonly skips: number
}

/** Shapes of an array, its chunks and the grid of these. */
interface Grid {
  readonly shape: readonly number[]
  readonly chunk: readonly number[]
  readonly counts: readonly number[]
  readonly chunkBytes: number
  readonly isFiltered: boolean
}

const product = (numbers: readonly number[]): number => numbers.reduce((all, one) => all * one, 1)

/** The bytes of an array, whose layout is read up to its kind. */
export function chunkedData(
  file: FileBytes,
  check: Check,
  { path, shape, size, elementSize, filters }: ArrayPlace,
  { version, layout }: { readonly version: number; readonly layout: Cursor },
): Uint8Array {
  const most = Math.max(LEAST_BYTES, MOST_EXPANSION * file.bytes.length)
  if (size > most) file.fail(`an array of at most ${most} bytes at "${path}"`, `${size}`, REPACK)
  const flags = version === 3 ? 0 : layout.u8()
  const rank = layout.u8() - 1
  if (rank !== shape.length || rank < 1) file.fail(`chunks of ${shape.length} axes at "${path}"`, `${rank}`)
  const tree = version === 3 ? layout.address() : null
  const width = version === 3 ? 4 : layout.u8()
  const chunk = shape.map(() => layout.uint(width))
  layout.skip(width)
  const chunkBytes = product(chunk) * elementSize
  if (chunkBytes === 0 || chunkBytes > most)
    file.fail(`chunks of at most ${most} bytes at "${path}"`, `${chunkBytes}`)
  const counts = shape.map((extent, axis) => Math.ceil(extent / (chunk[axis] ?? 1)))
  const pipeline = filters ? readFilters(file, filters.copy(), path) : []
  const grid: Grid = { shape, chunk, counts, chunkBytes, isFiltered: pipeline.length > 0 }
  const chunks =
    version === 3 ? chunksOfTree(file, grid, tree) : chunksOfIndex(file, check, grid, { layout, flags })
  const result = new Uint8Array(size)
  const seen = new Set(chunks.map(({ index }) => index))
  if (size > 0 && (seen.size !== product(counts) || chunks.length !== seen.size))
    file.fail(`${product(counts)} chunks at "${path}"`, `${seen.size}: others were never written`, REPACK)
  for (const found of chunks) {
    const stored = file.part('chunk', found.address, found.bytes).bytes(found.bytes)
    place(
      result,
      grid,
      elementSize,
      found.index,
      unfiltered(file, stored, { pipeline, skips: found.skips, chunkBytes, path }),
    )
  }
  return result
}

/** Copies a chunk into the array, without what lies beyond its edges. */
function place(
  result: Uint8Array,
  { shape, chunk, counts }: Grid,
  elementSize: number,
  index: number,
  bytes: Uint8Array,
): void {
  const corner: number[] = []
  let rest = index
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const count = counts[axis] ?? 1
    corner[axis] = (rest % count) * (chunk[axis] ?? 1)
    rest = Math.floor(rest / count)
  }
  const copy = (axis: number, from: number, to: number): void => {
    const extent = chunk[axis] ?? 1
    const within = Math.min(extent, (shape[axis] ?? 0) - (corner[axis] ?? 0))
    const isLast = axis === shape.length - 1
    if (isLast) {
      const start = (to + (corner[axis] ?? 0)) * elementSize
      result.set(bytes.subarray(from * elementSize, (from + within) * elementSize), start)
      return
    }
    for (let i = 0; i < within; i++)
      copy(
        axis + 1,
        (from + i) * (chunk[axis + 1] ?? 1),
        (to + (corner[axis] ?? 0) + i) * (shape[axis + 1] ?? 1),
      )
  }
  copy(0, 0, 0)
}

/** The chunks that a tree of version 1 lists. */
function chunksOfTree(file: FileBytes, { chunk, counts, shape }: Grid, root: number | null): Chunk[] {
  const chunks: Chunk[] = []
  const keyBytes = 8 + 8 * (shape.length + 1)
  const visit = (address: number, above: number): void => {
    const head = file.again('tree of chunks', address, 24)
    head.expect('TREE')
    const [type, level, used] = [head.u8(), head.u8(), head.u16()]
    if (type !== 1 || level >= above)
      file.fail('a tree of chunks', `a node of type ${type} on level ${level}`)
    const node = file.part('tree of chunks', address, 24 + used * (keyBytes + 8) + keyBytes)
    node.skip(24)
    for (let i = 0; i < used; i++) {
      const [bytes, skips] = [node.u32(), node.u32()]
      const places = shape.map((_, axis) => node.length() / (chunk[axis] ?? 1))
      node.skip(8)
      const child = node.length()
      const isInside = places.every((place, axis) => Number.isInteger(place) && place < (counts[axis] ?? 0))
      if (level > 0) visit(child, level)
      else if (isInside) {
        const index = places.reduce((all, place, axis) => all * (counts[axis] ?? 1) + place, 0)
        chunks.push({ index, address: child, bytes, skips })
      } else file.fail('chunks inside their array', `one at ${places.join(', ')}`)
    }
  }
  if (root !== null) visit(root, MOST_LEVELS)
  return chunks
}

/** The chunks that an index of layout version 4 or 5 lists. */
function chunksOfIndex(
  file: FileBytes,
  check: Check,
  grid: Grid,
  { layout, flags }: { readonly layout: Cursor; readonly flags: number },
): Chunk[] {
  const { chunkBytes, counts } = grid
  const count = product(counts)
  const kind = layout.u8()
  if (kind === 1) {
    const [bytes, skips] = flags & 2 ? [layout.length(), layout.u32()] : [chunkBytes, 0]
    const address = layout.address()
    return address === null ? [] : [{ index: 0, address, bytes, skips }]
  }
  if (kind === 2) {
    const address = layout.address()
    if (address === null) return []
    return Array.from({ length: count }, (_, index) => ({
      index,
      address: address + index * chunkBytes,
      bytes: chunkBytes,
      skips: 0,
    }))
  }
  if (kind !== 3) file.fail('chunks in a fixed array', INDEXES[kind] ?? `index ${kind}`, REPACK)
  layout.skip(1)
  const address = layout.address()
  return address === null ? [] : chunksOfArray(file, check, grid, address)
}

/** The chunks of a fixed array, whose elements may lie on pages. */
function chunksOfArray(
  file: FileBytes,
  check: Check,
  { chunkBytes, isFiltered, counts }: Grid,
  address: number,
): Chunk[] {
  const head = check('fixed array', address, 28)
  head.expect('FAHD')
  head.skip(2)
  const [entryBytes, pageBits, count] = [head.u8(), head.u8(), head.length()]
  const block = head.address()
  if (count !== product(counts)) file.fail(`a fixed array of ${product(counts)} chunks`, `${count}`)
  if (block === null) return []
  const perPage = 2 ** pageBits
  const pages = count > perPage ? Math.ceil(count / perPage) : 0
  const prefix = 14 + Math.ceil(pages / 8)
  const cursors: Cursor[] = []
  if (pages === 0) {
    const all = check('fixed array', block, prefix + count * entryBytes + 4)
    all.expect('FADB')
    all.skip(prefix - 4)
    cursors.push(all)
  } else {
    check('fixed array', block, prefix + 4).expect('FADB')
    for (let page = 0, at = block + prefix + 4; page < pages; page++) {
      const bytes = Math.min(perPage, count - page * perPage) * entryBytes + 4
      cursors.push(check('page of a fixed array', at, bytes))
      at += bytes
    }
  }
  const chunks: Chunk[] = []
  let index = 0
  for (const cursor of cursors) {
    for (; cursor.left >= entryBytes && entryBytes >= 8; index++) {
      const at = cursor.address()
      const [bytes, skips] = isFiltered ? [cursor.uint(entryBytes - 12), cursor.u32()] : [chunkBytes, 0]
      if (at !== null) chunks.push({ index, address: at, bytes, skips })
    }
  }
  return chunks
}
