// Images whose rows and columns are more, between pixels by a kernel w of distances. Along an axis of n pixels and with f for each,
//   y[i] = Σ w(|(i + ½) / f − ½ − j|) · x[j] / Σ w(|…|) over all j, 0 ≤ j < n,
// which is a product with a matrix [n, n·f]; pixels that are not there do not count.
// @see jax/_src/image/scale.py, which Keras calls, and TensorFlow's ScaleAndTranslate

import type { Graph, Value } from '../../graph/graph.ts'
import { matmul } from '../../ops/matmul.ts'
import { transpose } from '../../ops/transpose.ts'
import { reshape } from '../../ops/view.ts'
import { lastOf, sizeOf } from '../../util/shape.ts'

type Kernel = (distance: number) => number

/** By a = −½ (Keys 1981). */
const cubic: Kernel = (d) => {
  if (d <= 1) return (1.5 * d - 2.5) * d * d + 1
  return d < 2 ? ((2.5 - 0.5 * d) * d - 4) * d + 2 : 0
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos =
  (radius: number): Kernel =>
  (d) =>
    d < radius ? sinc(d) * sinc(d / radius) : 0

/** By Keras's names. */
export const resamplingKernels = { bicubic: cubic, lanczos3: lanczos(3), lanczos5: lanczos(5) } as const

/** [extent, extent·factor], each column of which is the shares of one output. */
export function sharesOf(extent: number, factor: number, kernel: Kernel): Float32Array {
  const outputs = extent * factor
  const shares = new Float32Array(extent * outputs)
  for (let i = 0; i < outputs; i++) {
    const weights = Array.from({ length: extent }, (_, j) => kernel(Math.abs((i + 0.5) / factor - 0.5 - j)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    weights.forEach((weight, j) => {
      shares[j * outputs + i] = weight / total
    })
  }
  return shares
}

/** x along its last axis. */
function alongLast(graph: Graph, x: Value, factor: number, kernel: Kernel): Value {
  const extent = lastOf(x.shape)
  const rest = x.shape.slice(0, -1)
  const a = reshape(graph, x, { shape: [sizeOf(rest), extent] })
  const b = graph.constant(sharesOf(extent, factor, kernel), [extent, extent * factor])
  return reshape(graph, matmul(graph, { a, b }, {}).y, { shape: [...rest, extent * factor] })
}

/** x [B, H, W, C] → [B, H·f, W·g, C]. */
export function resample(
  graph: Graph,
  x: Value,
  [down = 1, across = 1]: readonly number[],
  name: keyof typeof resamplingKernels,
): Value {
  const kernel = resamplingKernels[name]
  const turned = (value: Value, permutation: readonly number[]): Value =>
    transpose(graph, { x: value }, { permutation }).y
  const wide = alongLast(graph, turned(x, [0, 3, 1, 2]), across, kernel)
  const high = alongLast(graph, turned(wide, [0, 1, 3, 2]), down, kernel)
  return turned(high, [0, 3, 2, 1])
}
