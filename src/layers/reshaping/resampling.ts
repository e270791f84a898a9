// Images whose rows and columns are more or fewer. Between pixels by a kernel w of distances: along an axis of n pixels that become m,
//   y[i] = Σ w(|c[i] − j| / s) · x[j] / Σ w(|c[i] − j| / s) over all j, 0 ≤ j < n, with c[i] = (i + ½)·n / m − ½,
// where s is 1, or with antialias n / m where pixels become fewer. Pixels that are not there do not count. Or y[i] is the nearest pixel.
// @see jax/_src/image/scale.py, which Keras calls, and TensorFlow's ScaleAndTranslate

import type { Graph, Value } from '../../graph/graph.ts'
import { type Band, type Bands, resampled } from '../../ops/resample.ts'

interface Kernel {
  /** From where on it is 0. */
  readonly radius: number
  weight(distance: number): number
}

/** By a = −½ (Keys 1981). */
const cubic: Kernel = {
  radius: 2,
  weight: (d) => (d <= 1 ? (1.5 * d - 2.5) * d * d + 1 : ((2.5 - 0.5 * d) * d - 4) * d + 2),
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos = (radius: number): Kernel => ({ radius, weight: (d) => sinc(d) * sinc(d / radius) })

/** By Keras's names. */
const kernels = {
  bilinear: { radius: 1, weight: (d) => 1 - d },
  bicubic: cubic,
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
} satisfies Readonly<Record<string, Kernel>>

export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const
export type Interpolation = (typeof INTERPOLATIONS)[number]

/** How many pixels of an axis become how many, and how. */
export interface Resampling {
  readonly entries: number
  readonly outputs: number
  readonly interpolation: Interpolation
  /** Whether pixels that become fewer are averages over as many as lie in each; `false` by default. */
  readonly antialias?: boolean
}

/** What is at `center`, of entries up to `spread` times the kernel's radius from there. */
function bandAt(center: number, entries: number, spread: number, { radius, weight }: Kernel): Band {
  const first = Math.max(Math.ceil(center - radius * spread), 0)
  const last = Math.min(Math.floor(center + radius * spread), entries - 1)
  const weights = Array.from({ length: last - first + 1 }, (_, k) =>
    weight(Math.abs(center - first - k) / spread),
  )
  const total = weights.reduce((sum, each) => sum + each, 0)
  return { first, weights: weights.map((each) => each / total) }
}

/** What each pixel of the result has of those that there are. */
export const bandsOf = ({ entries, outputs, interpolation, antialias = false }: Resampling): Bands =>
  Array.from({ length: outputs }, (_, i): Band => {
    if (interpolation === 'nearest')
      return { first: Math.floor(((2 * i + 1) * entries) / (2 * outputs)), weights: [1] }
    const spread = antialias ? Math.max(entries / outputs, 1) : 1
    const center = ((2 * i + 1) * entries) / (2 * outputs) - 0.5
    return bandAt(center, entries, spread, kernels[interpolation])
  })

/** How an axis is scaled, and moved by so many entries of the result. */
export interface Moving extends Resampling {
  readonly interpolation: keyof typeof kernels
  readonly scale: number
  readonly translation: number
}

/** The same of an axis that is scaled and moved: c[i] = (i + ½ − translation) / scale − ½. What comes from outside is 0. */
export const bandsMoved = ({ entries, outputs, interpolation, antialias = false, ...move }: Moving): Bands =>
  Array.from({ length: outputs }, (_, i): Band => {
    const center = (i + 0.5 - move.translation) / move.scale - 0.5
    if (center < -0.5 || center > entries - 0.5) return { first: 0, weights: [] }
    return bandAt(center, entries, antialias ? Math.max(1 / move.scale, 1) : 1, kernels[interpolation])
  })

/** Bands as a matrix [entries, outputs], each column of which is the shares of one output. */
export function sharesOf(bands: Bands, entries: number): Float32Array {
  const shares = new Float32Array(entries * bands.length)
  bands.forEach(({ first, weights }, i) => {
    weights.forEach((weight, k) => {
      shares[(first + k) * bands.length + i] = weight
    })
  })
  return shares
}

/** x [B, H, W, C] → [B, down, across, C], by the bands of rows and of columns. The shorter axis is first, of which less remains. */
export function resample(graph: Graph, x: Value, [down, across]: readonly [Bands, Bands]): Value {
  const rows = (value: Value): Value => resampled(graph, value, { axis: 1, bands: down })
  const columns = (value: Value): Value => resampled(graph, value, { axis: 2, bands: across })
  const [, height = 1, width = 1] = x.shape
  return down.length * width <= height * across.length ? columns(rows(x)) : rows(columns(x))
}
