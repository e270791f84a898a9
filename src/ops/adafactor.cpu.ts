// The CPU side of adafactor.ts.

import { PLACE_ALIGNMENT } from '../graph/graph.ts'
import { CHUNK_HEAD, CHUNK_NUMBERS } from './adafactor.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { rateOf, unscaling } from './scaledUpdate.cpu.ts'

/** As shaders/lib/factored.wgsl has it. */
function chunkOf(chunks: Float32Array, w: number) {
  const number = (at: number): number => chunks[CHUNK_NUMBERS * w + at]!
  const place = (at: number): number => PLACE_ALIGNMENT * number(at)
  const [columns, height, first, blocks] = [number(3), number(4), number(8), number(10)]
  const matrix = Math.floor((w - first) / blocks)
  const row = matrix * height + ((w - first) % blocks) * number(1)
  const stride = CHUNK_HEAD + (height && columns)
  const weight = place(7)
  return {
    offset: place(0) + row * columns,
    rows: number(2),
    columns,
    height,
    r: place(5) + row,
    c: place(6) + matrix * columns,
    partials: weight + (w - first) * stride,
    matrix: weight + matrix * blocks * stride,
    blocks,
    stride,
    first,
    count: number(9),
    weight,
    size: number(11),
  }
}

type Chunk = ReturnType<typeof chunkOf>
type Scaled = { readonly SCALED?: number; readonly decay: number }

const shareOf = ({ SCALED, decay }: Scaled, scaling: Float32Array, given: number): number =>
  SCALED ? scaling[2]! ** decay : given

/** This step's means of squares of the columns of a chunk's matrix. */
function meansOf({ matrix, blocks, stride, columns, height }: Chunk, partials: Float32Array): Float64Array {
  const means = new Float64Array(columns)
  for (let i = 0; i < blocks; i++) {
    const start = matrix + i * stride + CHUNK_HEAD
    for (let j = 0; j < columns; j++) means[j]! += partials[start + j]!
  }
  for (let j = 0; j < columns; j++) means[j]! /= height
  return means
}

export const adafactorRows = cpuSide<typeof Kernels.adafactorRows>({
  compiled: 'adafactorRows',
  cpu({ chunks, gradients, parameters, rows, scaling, partials }, p, { first = 1 }) {
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const share = shareOf(p, scaling, first)
    for (let w = 0; w < p.count; w++) {
      const chunk = chunkOf(chunks, w)
      const { columns, partials: own } = chunk
      const end = chunk.offset + chunk.rows * columns
      let squares = 0
      for (let i = chunk.offset; i < end; i++) squares += parameters[i]! ** 2
      partials[own + 1] = squares
      if (chunk.height === 0) continue
      const sums = new Float64Array(columns)
      let means = 0
      for (let row = 0; row < chunk.rows; row++) {
        const start = chunk.offset + row * columns
        let sum = 0
        for (let j = 0; j < columns; j++) {
          const g = unscale * gradients[start + j]!
          const square = g * g + p.epsilon
          sum += square
          sums[j]! += square
        }
        const r = chunk.r + row
        rows[r] = (1 - share) * rows[r]! + (share * sum) / columns
        means += rows[r]
      }
      partials[own] = means
      partials.set(sums, own + CHUNK_HEAD)
    }
  },
})

export const adafactorSquares = cpuSide<typeof Kernels.adafactorSquares>({
  compiled: 'adafactorSquares',
  cpu({ chunks, gradients, rows, columns, partials, velocity, scaling, squares }, p, { first = 1 }) {
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const share = shareOf(p, scaling, first)
    // Of the matrix whose chunks come one behind the other.
    let c = new Float64Array(0)
    for (let w = 0; w < p.count; w++) {
      const chunk = chunkOf(chunks, w)
      const { offset, height } = chunk
      let sum = 0
      if (height === 0) {
        for (let i = offset; i < offset + chunk.columns; i++) {
          const g = unscale * gradients[i]!
          velocity[i] = (1 - share) * velocity[i]! + share * (g * g + p.epsilon)
          sum += (g * g) / velocity[i]!
        }
      } else {
        let means = 0
        for (let i = 0; i < chunk.blocks; i++) means += partials[chunk.matrix + i * chunk.stride]!
        const mean = means / height
        if (chunk.partials === chunk.matrix)
          c = meansOf(chunk, partials).map((mean, j) => (1 - share) * columns[chunk.c + j]! + share * mean)
        for (let row = 0; row < chunk.rows; row++) {
          const r = rows[chunk.r + row]! / mean
          const start = offset + row * chunk.columns
          for (let j = 0; j < chunk.columns; j++) {
            const g = unscale * gradients[start + j]!
            velocity[start + j] = r * c[j]!
            sum += (g * g) / velocity[start + j]!
          }
        }
      }
      squares[w] = sum
    }
  },
})

export const adafactor = cpuSide<typeof Kernels.adafactor>({
  compiled: 'adafactor',
  cpu({ chunks, gradients, partials, squares, velocity, parameters, columns, scaling }, p, step) {
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const given = rateOf(p, scaling, step.rate ?? 0)
    const rate = p.SCALED ? Math.min(given, 1 / Math.sqrt(scaling[2]!)) : given
    const share = shareOf(p, scaling, step.first ?? 1)
    for (let w = 0; w < p.count; w++) {
      const chunk = chunkOf(chunks, w)
      const { count, size, offset } = chunk
      let [ofSteps, ofWeights] = [0, 0]
      for (let i = 0; i < count; i++) {
        ofSteps += squares[chunk.first + i]!
        ofWeights += partials[chunk.weight + i * chunk.stride + 1]!
      }
      const excess = Math.max(1, Math.sqrt(ofSteps / size) / p.threshold)
      const factor = (unscale * rate * Math.max(p.least, Math.sqrt(ofWeights / size))) / excess
      const end = offset + chunk.rows * chunk.columns
      for (let i = offset; i < end; i++) parameters[i]! -= (factor * gradients[i]!) / Math.sqrt(velocity[i]!)
      if (chunk.height === 0 || chunk.partials !== chunk.matrix) continue
      meansOf(chunk, partials).forEach((mean, j) => {
        const c = chunk.c + j
        columns[c] = (1 - share) * columns[c]! + share * mean
      })
    }
  },
})
