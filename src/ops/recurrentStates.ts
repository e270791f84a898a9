// The states of a recurrence, one or two of one shape, in one tensor: the initial states and the last states of a
// recurrence. A recurrence that starts from another's last states binds the same tensor, without a copy.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { strideOf, wholeOf, wholeShape } from '../graph/parts.ts'
import { lastOf, type Shape, sameShape, sizeOf } from '../util/shape.ts'
import { sumOf } from './addAll.ts'
import type { splitGradients } from './columnPairs.ts'
import { joinStates as joinKernel } from './kernels.gen.ts'
import { part } from './view.ts'

const beside = (a: Shape, b: Shape | undefined): Shape => [...a.slice(0, -1), lastOf(a) + (b ? lastOf(b) : 0)]

/**
 * y: a [..., p] beside b [..., q], two directions' states, and from the next place that can be bound on c beside d, the second
 * ones.
 *
 * @param split What cuts gradients of two directions. One direction needs none, so that pages without layers of both do not
 * load it.
 */
export const defineJoinStates = (split?: typeof splitGradients) =>
  defineOp({
    kernel: joinKernel,
    dims: { a: '...rows P', b: '...rows Q', c: '...rows P', d: '...rows Q' },
    optional: ['b', 'c', 'd'],
    shape: ({ a, b, c }, _attrs: object) => ({ y: wholeShape(beside(a, b), c ? 2 : 1) }),
    params: ({ a, b, c, P, Q = 0 }) => ({
      size: sizeOf(beside(a, b)),
      p: P,
      q: Q,
      offset: strideOf(beside(a, b)),
      hasC: Number(c !== undefined),
    }),
    threads: ({ size }) => size,
    gradient({ graph, inputs: { a, b, c } }, { y: dy }): Gradients<'a' | 'b' | 'c' | 'd'> {
      if (!dy) return {}
      const [first, second] = statesIn(graph, dy, beside(a.shape, b?.shape), c ? 2 : 1)
      if (!first || !b) return { a: first, c: second }
      if (!split) impossible('joinStates of one direction is given two')
      const cut = lastOf(a.shape)
      return split(graph, { x: first, z: second }, { first: cut, zFirst: second && cut })
    },
  })

type JoinStates = ReturnType<typeof defineJoinStates>

const joinOneWay = defineJoinStates()

/** The states, each of `shape`, that lie in a tensor. Not differentiable. */
const statesIn = (graph: Graph, whole: Value, shape: Shape, count: number): readonly Value[] =>
  Array.from({ length: count }, (_, index) => part(graph, whole, { shape, offset: index * strideOf(shape) }))

/** The other direction's states, and what joins those of both. */
export interface OtherStates {
  readonly states: readonly Value[]
  readonly joinStates: JoinStates
}

/** States in one tensor, of one direction or of two; undefined where there are none. */
export function statesTogether(
  graph: Graph,
  states: readonly Value[],
  other?: OtherStates,
): Value | undefined {
  const [a, c] = states
  const [b, d] = other?.states ?? []
  const join = other?.joinStates ?? joinOneWay
  if (!a) return undefined
  if (b || (c && !liesBefore(a, c))) return join(graph, { a, b, c, d }, {}).y
  return (c && wholeOf(viewedBy(a))?.whole) ?? a
}

/** Whether two tensors together are the whole of a third, in order. */
function liesBefore(a: Value, c: Value): boolean {
  const [first, second] = [wholeOf(viewedBy(a)), wholeOf(viewedBy(c))]
  return (
    first?.whole === second?.whole &&
    first?.offset === 0 &&
    second?.offset === strideOf(a.shape) &&
    sameShape(first.whole.shape, wholeShape(a.shape, 2))
  )
}

/** The tensor whose memory a value shows in another shape. */
function viewedBy(value: Value): Value {
  const x = value.node?.op.name === 'reshape' ? value.node.inputs.x : undefined
  return x ? viewedBy(x) : value
}

/** The gradients of the last states: the gradients of the whole tensor and of its parts, added up. */
export function lastGradients(
  graph: Graph,
  shape: Shape,
  states: readonly string[],
  d: Readonly<Record<string, Value | undefined>>,
): readonly (Value | undefined)[] {
  const whole = d.last ? statesIn(graph, d.last, shape, states.length) : []
  return states.map((name, index) => {
    const [a, b] = [whole[index], d[`${name}Last`]]
    return a && b ? sumOf(graph, [a, b]) : (a ?? b)
  })
}
