// Batch renormalization (Ioffe 2017): in training, x is normalized by the moments of the batch and moved to where moving ones, µ and
// σ, would have put it: (x − mean)/stddev·r + d with r = stddev/σ and d = (mean − µ)/σ, through which no gradient flows.

import { checkFinite, describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { detach } from '../../ops/view.ts'
import { isOptions, nullable, type Read } from '../../util/options.ts'
import type { Shape } from '../../util/shape.ts'
import type { Initializer } from '../weights/initializer.ts'

/** Bounds of the correction. */
export interface RenormClipping {
  /** The least of r. */
  readonly rmin?: number
  /** The most of r. */
  readonly rmax?: number
  /** The most of |d|. */
  readonly dmax?: number
}

const BOUNDS = ['rmin', 'rmax', 'dmax'] as const

const readClipping: Read<RenormClipping> = (where, name, value) => {
  const wrong = isOptions(value)
    ? Object.keys(value).find((key) => !(BOUNDS as readonly string[]).includes(key))
    : describeValue(value)
  if (!isOptions(value) || wrong !== undefined)
    return fail(where, { expected: `${name} as an object of ${BOUNDS.join(', ')}`, got: String(wrong) })
  const given = Object.entries(value).filter(([, bound]) => bound !== undefined && bound !== null)
  for (const [key, bound] of given) checkFinite(where, `${name}.${key}`, bound)
  const clipping: RenormClipping = Object.fromEntries(given)
  const { rmin = Number.NEGATIVE_INFINITY, rmax = Number.POSITIVE_INFINITY, dmax = 0 } = clipping
  if (rmax < rmin) fail(where, { expected: `${name}.rmax of ${rmin} or more, the rmin`, got: `${rmax}` })
  if (dmax < 0) fail(where, { expected: `${name}.dmax of 0 or more`, got: `${dmax}` })
  return clipping
}

export const renormClipping = nullable<RenormClipping>(readClipping)

/** First values that are the roots of others. */
export const rootsOf = (initializer: Initializer): Initializer =>
  Object.assign((...args: Parameters<Initializer>) => initializer(...args).map(Math.sqrt), {
    className: initializer.className,
    config: initializer.config,
    getConfig: () => initializer.config,
    check: (shape: Shape) => initializer.check(shape),
  })

interface Moments {
  readonly mean: Value
  /** √(variance + epsilon). */
  readonly stddev: Value
}

/**
 * The scale and offset of what is normalized by a batch's moments: gamma·r, and gamma·d + beta.
 *
 * @param moving The moving moments of training.
 */
export function corrected(
  graph: Graph,
  { mean, stddev }: Moments,
  moving: Moments,
  { gamma, beta }: { readonly gamma: Value | undefined; readonly beta: Value | undefined },
  { epsilon, clipping }: { readonly epsilon: number; readonly clipping: RenormClipping | null },
): { readonly gamma: Value; readonly beta: Value } {
  const { rmin, rmax, dmax } = clipping ?? {}
  // As in Keras no moving deviation is less than that of a variance of 0.
  const least = point(graph, 'maximum', moving.stddev, Math.sqrt(epsilon))
  let r = point(graph, 'divide', stddev, least)
  let d = point(graph, 'divide', point(graph, 'subtract', mean, moving.mean), least)
  if (rmin !== undefined) r = point(graph, 'maximum', r, rmin)
  if (rmax !== undefined) r = point(graph, 'minimum', r, rmax)
  if (dmax !== undefined) d = point(graph, 'minimum', point(graph, 'maximum', d, -dmax), dmax)
  const [scale, offset] = [detach(graph, r, {}), detach(graph, d, {})]
  const scaled = (x: Value): Value => (gamma ? point(graph, 'multiply', x, gamma) : x)
  return { gamma: scaled(scale), beta: beta ? point(graph, 'add', scaled(offset), beta) : scaled(offset) }
}

/** √(variance + epsilon). */
export const deviation = (graph: Graph, variance: Value, epsilon: number): Value =>
  point(graph, 'sqrt', point(graph, 'add', variance, epsilon))

/** The variance of a deviation; where rounding makes it negative, 0. */
export const varianceOf = (graph: Graph, stddev: Value, epsilon: number): Value =>
  point(graph, 'maximum', point(graph, 'subtract', point(graph, 'square', stddev), epsilon), 0)
