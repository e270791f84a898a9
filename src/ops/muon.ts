// Muon's update of matrices, and Adam's of the other weights. Matrices of one shape lie one behind the other when their directions are
// made orthogonal, so that a product of all of them is one launch.

import { alignPlace, type Graph, PLACE_ALIGNMENT, type Value } from '../graph/graph.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import {
  muonMoments as momentsKernel,
  muonScale as scaleKernel,
  muonStep as stepKernel,
} from './kernels.gen.ts'
import { matmul } from './matmul.ts'
import { type AdamAttributes, adamScalars } from './optimizers.ts'
import { point } from './pointwise.ts'

/** A matrix in flat memory. */
export interface MuonMatrix {
  readonly shape: readonly [rows: number, columns: number]
  readonly offset: number
}

/** A weight in flat memory that Adam updates, whose second moment lies elsewhere. */
export interface MuonOther {
  readonly size: number
  readonly offset: number
  readonly velocity: number
}

/** Numbers of a chunk: those of `ChunkRow`. */
const CHUNK_NUMBERS = 7
const LEAST_CHUNK = 1024
/** Few enough chunks of a matrix that a workgroup adds their squares up in a moment. */
const MOST_CHUNKS = 1024
/** Places inside a group are two numbers, since a float32 has 24 bits. */
const HIGH = 4096

/**
 * A chunk: where it lies in the weights; its length; where its direction or its second moment lies, in units of
 * {@link PLACE_ALIGNMENT}, and how far behind that, in two numbers; the first chunk of its weight, and how many the weight has.
 */
type ChunkRow = readonly [
  place: number,
  length: number,
  target: number,
  high: number,
  low: number,
  first: number,
  count: number,
]

/** Matrices of one shape. */
export interface MuonGroup {
  readonly shape: readonly [rows: number, columns: number]
  readonly count: number
  /** Where their directions begin among those of all. */
  readonly offset: number
  /** Its chunks [C, 7], by where they lie in the group. */
  readonly chunks: MuonTable
}

interface MuonTable {
  readonly values: Float32Array
  readonly shape: Shape
}

/** The table of all chunks [C, 7], of which those of matrices come first, and the matrices by shape. */
export function muonChunks(
  matrices: readonly MuonMatrix[],
  others: readonly MuonOther[],
): {
  readonly chunks: MuonTable
  readonly groups: readonly MuonGroup[]
  /** How many chunks are of matrices, and how many numbers directions have. */
  readonly matrices: number
  readonly size: number
} {
  const byShape = new Map<string, MuonMatrix[]>()
  for (const matrix of matrices) {
    const key = matrix.shape.join()
    byShape.set(key, [...(byShape.get(key) ?? []), matrix])
  }
  const all: ChunkRow[] = []
  const groups: MuonGroup[] = []
  let size = 0
  for (const same of byShape.values()) {
    const [{ shape }] = same as [MuonMatrix]
    const start = size
    const rows = same.flatMap(({ offset }, i) => {
      const first = all.length + i * chunksOf(sizeOf(shape)).count
      return rowsOf({ offset, size: sizeOf(shape), target: 0, behind: i * sizeOf(shape), first })
    })
    groups.push({ shape, count: same.length, offset: start, chunks: tableOf(rows) })
    for (const [place, length, target, ...rest] of rows)
      all.push([place, length, target + start / PLACE_ALIGNMENT, ...rest])
    size = alignPlace(start + same.length * sizeOf(shape))
  }
  const count = all.length
  for (const { size: length, offset, velocity } of others)
    all.push(...rowsOf({ offset, size: length, target: velocity, behind: 0, first: all.length }))
  return { chunks: tableOf(all), groups, matrices: count, size }
}

function chunksOf(size: number): { readonly length: number; readonly count: number } {
  const length = alignPlace(Math.max(LEAST_CHUNK, Math.ceil(size / MOST_CHUNKS)))
  return { length, count: Math.ceil(size / length) }
}

interface Laid {
  readonly offset: number
  readonly size: number
  readonly target: number
  readonly behind: number
  readonly first: number
}

function rowsOf({ offset, size, target, behind, first }: Laid): ChunkRow[] {
  const { length, count } = chunksOf(size)
  return Array.from({ length: count }, (_, i): ChunkRow => {
    const start = i * length
    const place = behind + start
    return [
      (offset + start) / PLACE_ALIGNMENT,
      Math.min(length, size - start),
      target / PLACE_ALIGNMENT,
      Math.floor(place / HIGH),
      place % HIGH,
      first,
      count,
    ]
  })
}

const tableOf = (rows: readonly ChunkRow[]): MuonTable => ({
  values: Float32Array.from(rows.flat()),
  shape: [rows.length, CHUNK_NUMBERS],
})

/** Of a chunk in the table, as shaders/lib/muon.wgsl has it. */
export function muonChunkOf(chunks: Float32Array, w: number) {
  const number = (at: number): number => chunks[CHUNK_NUMBERS * w + at] ?? 0
  return {
    offset: PLACE_ALIGNMENT * number(0),
    length: number(1),
    place: PLACE_ALIGNMENT * number(2) + HIGH * number(3) + number(4),
    first: number(5),
    count: number(6),
  }
}

export interface MuonMomentsAttributes extends AdamAttributes {
  readonly momentum: number
  readonly nesterov: boolean
  /** Of Adam's rate to Muon's. */
  readonly ratio: number
  /** How many chunks are of matrices. */
  readonly matrices: number
  /** How many numbers their directions have. */
  readonly size: number
}

/**
 * m = µ·m + g of matrices, directions g + µ·m or m, and squares [C]: the sum of squares of each chunk; and Adam's update of the other
 * weights.
 */
export const muonMoments = defineOp({
  kernel: momentsKernel,
  dims: { chunks: 'C _', gradients: '...S', parameters: '...S', m: '...S', v: '_', scaling: '_' },
  optional: ['scaling', 'v'],
  updates: ['parameters', 'm', 'v'],
  shape: ({ C }, { size }: MuonMomentsAttributes) => ({ directions: [Math.max(size, 1)], squares: [C] }),
  params: ({ C, scaling }, { momentum, nesterov, ratio, matrices, ...adam }) => ({
    count: C,
    matrices,
    momentum,
    nesterov: Number(nesterov),
    ...adamScalars(adam),
    ratio,
    SCALED: Number(scaling !== undefined),
  }),
  workgroups: ({ count }) => count,
})

/** y = x / (|x| + 1e-7) of each matrix of a group [N, r, c]. */
export const muonScale = defineOp({
  kernel: scaleKernel,
  dims: { chunks: 'C _', x: '...S', squares: '_' },
  shape: ({ x }) => ({ y: x }),
  params: ({ C }) => ({ count: C }),
  workgroups: ({ count }) => count,
})

/** w −= rate·`length`·x of each matrix of a group [N, r, c]. */
export const muonStep = defineOp({
  kernel: stepKernel,
  dims: { chunks: 'C _', x: '...', parameters: '_', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters'],
  shape: () => ({}),
  params: ({ C, scaling }, { length }: { readonly length: number }) => ({
    count: C,
    length,
    SCALED: Number(scaling !== undefined),
  }),
  workgroups: ({ count }) => count,
})

/** Numbers of the iteration x' = a·x + (b·A + c·A²)·x, A = x·xᵀ. */
export interface NewtonSchulz {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly steps: number
}

/**
 * Matrices x [N, r, c] with singular values near 1 in place of their own, by four launches a step: x' = (a·1 + b·A + c·A²)·x, where A is
 * of the smaller side.
 */
export function orthogonal(graph: Graph, x: Value, { a, b, c, steps }: NewtonSchulz): Value {
  const [, rows = 1, columns = 1] = x.shape
  const isTall = rows > columns
  const side = Math.min(rows, columns)
  const identity = new Float32Array(side * side)
  for (let i = 0; i < side; i++) identity[i * (side + 1)] = a
  const scaled = graph.constant(identity, [side, side])
  let y = x
  for (let i = 0; i < steps; i++) {
    const product = matmul(graph, { a: y, b: y }, isTall ? { transposeA: true } : { transposeB: true }).y
    const square = matmul(graph, { a: product, b: product }, {}).y
    const sum = point(graph, 'add', point(graph, 'multiply', product, b), point(graph, 'multiply', square, c))
    const factor = point(graph, 'add', sum, scaled)
    y = matmul(graph, isTall ? { a: y, b: factor } : { a: factor, b: y }, {}).y
  }
  return y
}
