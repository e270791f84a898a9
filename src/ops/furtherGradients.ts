// Gradients of gradients: how the nodes of a backward pass are differentiated again. Steps ask for this that compute with gradients, as a
// gradient penalty does; it is loaded with them.

import { fail } from '../errors.ts'
import { differentiate } from '../graph/autodiff.ts'
import type { Graph, Node, Value } from '../graph/graph.ts'
import type { Gradients, Operation, Wants } from '../graph/operation.ts'
import { showShape, sizeOf } from '../util/shape.ts'
import { sumOf } from './addAll.ts'
import { affineTransform, affineTransformGradient } from './affineTransform.ts'
import { convolution, convolutionInputGradient, convolutionKernelGradient } from './convolution.ts'
import { type Decomposition, decompositions } from './decompositions.ts'
import { binary } from './elementwise.ts'
import { embedding, embeddingGradient, embeddingSums } from './embedding.ts'
import { sumAsLoss } from './lossOf.ts'
import { expressionOf, point } from './pointwise.ts'
import { SLOPES } from './pointwiseFunctions.ts'
import { type PoolingAttributes, pooling, poolingGradient } from './pooling.ts'
import { slopeExpression } from './slopes.ts'
import { type Lattice, strided } from './strided.ts'
import { take, takeGradient } from './take.ts'
import { upsample, upsampleGradient } from './upsample.ts'
import { detach, reshape } from './view.ts'

type Gradient = Operation['gradient']

/** As a root of differentiation, a·b stands for its sum, with b as a constant: the gradient by a is b. */
export const weighted: Operation = {
  ...binary.operation,
  name: 'weighted',
  gradient: ({ inputs: { b } }) => ({ a: b }),
}

/** Ends differentiation at a node, whose outputs are constants to it. */
const CONSTANT: Pick<Operation, 'gradient'> = { gradient: () => ({}) }

/** Differentiates what computes the same as the node. */
const throughDecomposition =
  (decomposition: Decomposition): Gradient =>
  (node, graph, d, wants) => {
    // What computed the inputs does not belong to it.
    const before = new Set(graph.nodes)
    const outputs = decomposition(graph, node.inputs, node.attrs)
    const roots = Object.entries(d).flatMap(([name, b]) => {
      const a = outputs[name]
      return a && b ? Object.values(graph.add(weighted, { a, b }, { fn: 'multiply' })) : []
    })
    // Of a tensor that is two inputs the gradient by both is found at once.
    const inputs = new Map(
      Object.entries(node.inputs).flatMap(([name, value]) => (wants(name) ? [[value, name]] : [])),
    )
    const found = differentiate(graph, roots, [...inputs.keys()], sumOf, {
      further: (inner) => (before.has(inner) ? CONSTANT : null),
    })
    return Object.fromEntries([...inputs.values()].map((name, i) => [name, found[i]]))
  }

interface Linear<In, A, Out> {
  readonly graph: Graph
  readonly inputs: In
  readonly attrs: A
  readonly d: { readonly [N in keyof Out]?: Value }
  readonly wants: Wants
}

/** The gradient of an operation that is linear in tensors, which are read by the gradients of others alone. */
const linear = <In, A, Out>(
  op: ((graph: Graph, inputs: In, attrs: A) => Out) & { readonly operation: Operation },
  gradient: (given: Linear<In, A, Out>) => Gradients<Extract<keyof In, string>>,
): readonly [Operation, Gradient] => [
  op.operation,
  // A node has plain records.
  (node, graph, d, wants) =>
    gradient({ graph, ...node, d, wants } as unknown as Linear<In, A, Out>) as ReturnType<Gradient>,
]

/** An axis as it is. */
const whole = (count: number): Lattice => ({ count, start: 0, step: 1, spacing: 1 })

/** The first of parts along the first axis, without the axis. */
function firstOf(graph: Graph, parts: Value): Value {
  const [, ...shape] = parts.shape
  const axes = [1, ...shape].map(whole)
  return reshape(graph, strided(graph, { x: parts }, { axes }).y, { shape })
}

/** What lies in d where the windows of x, of which there are as many as entries in dy, have their maxima: the first one of each. */
function atMaxima(
  graph: Graph,
  { x, dy, d }: { readonly x: Value; readonly dy: Value; readonly d: Value },
  { window, strides, padding }: PoolingAttributes,
): Value {
  /** Of each window the entry at an offset. */
  const entries = (of: Value, offsets: readonly number[], value: number): Value => {
    const axes = dy.shape.map((count, axis): Lattice => {
      const offset = offsets[axis - 1]
      if (offset === undefined) return whole(count)
      const before = padding[2 * (axis - 1)] ?? 0
      return { count, start: offset - before, step: strides[axis - 1] ?? 1, spacing: 1 }
    })
    return strided(graph, { x: of }, { axes, value }).y
  }
  const offsets = Array.from({ length: sizeOf(window) }, (_, i) =>
    window.map((size, axis) => Math.floor(i / sizeOf(window.slice(axis + 1))) % size),
  )
  const [first = [], ...others] = offsets
  let best = entries(x, first, Number.NEGATIVE_INFINITY)
  let chosen = entries(d, first, 0)
  for (const offset of others) {
    const next = entries(x, offset, Number.NEGATIVE_INFINITY)
    chosen = point(graph, 'where', point(graph, 'less', best, next), entries(d, offset, 0), chosen)
    best = point(graph, 'maximum', best, next)
  }
  return chosen
}

const gradients: ReadonlyMap<Operation, Gradient> = new Map([
  ...[...decompositions].map(
    ([operation, decomposition]) => [operation, throughDecomposition(decomposition)] as const,
  ),
  // Its parts are only ever added up, so that their gradients are all the same.
  linear(convolutionKernelGradient, ({ graph, inputs: { x, dy }, attrs, d, wants }) => {
    const kernel = d.kernelParts && reshape(graph, firstOf(graph, d.kernelParts), { shape: attrs.window })
    const ofBias = d.biasParts && firstOf(graph, d.biasParts)
    const ofKernel = kernel && wants('dy') ? convolution(graph, { x, kernel }, attrs).y : undefined
    return {
      x:
        kernel && wants('x')
          ? convolutionInputGradient(graph, { dy, kernel }, { ...attrs, input: x.shape }).dx
          : undefined,
      dy: ofBias ? point(graph, 'add', ofKernel ?? point(graph, 'multiply', dy, 0), ofBias) : ofKernel,
    }
  }),
  linear(poolingGradient, ({ graph, inputs: { x, dy }, attrs, d: { dx: d } }) => ({
    dy: d && (attrs.mean ? pooling(graph, { x: d }, attrs).y : atMaxima(graph, { x, dy, d }, attrs)),
  })),
  linear(upsampleGradient, ({ graph, attrs, d: { dx } }) => ({
    dy: dx && upsample(graph, { x: dx }, attrs).y,
  })),
  linear(takeGradient, ({ graph, inputs: { indices }, attrs, d: { dx } }) => ({
    dy: dx && take(graph, { x: dx, indices }, attrs).y,
  })),
  linear(affineTransformGradient, ({ graph, inputs: { transforms }, attrs, d: { dx } }) => ({
    dy: dx && affineTransform(graph, { x: dx, transforms }, { ...attrs, fillValue: 0 }).y,
  })),
  // The sums of chunks, which are added up by the next operation, have the gradient of their row each: in the order of ids, which the sums
  // hand on as that of dy.
  linear(embeddingGradient, ({ graph, inputs: { ids, sums }, attrs, d: { dTable: table } }) => ({
    sums: table && reshape(graph, embedding(graph, { ids, table }, attrs).y, { shape: sums.shape }),
  })),
  linear(embeddingSums, ({ graph, inputs: { dy }, d: { sums } }) => ({
    dy: sums && reshape(graph, sums, { shape: dy.shape }),
  })),
])

/** The node that computes what a view shows. */
const sourceOf = (node: Node): Node => {
  const inner = node.op.view ? node.inputs.x?.node : null
  return inner ? sourceOf(inner) : node
}

/**
 * How a node is differentiated whose operation does not say so itself, or whose result is the slope of an activation; null for all others.
 * Throws where there is no way.
 *
 * @param where What errors call what is differentiated.
 */
export function furtherGradientOf(where: string, node: Node): Pick<Operation, 'gradient'> | null {
  const { op } = node
  const found = gradients.get(op)
  if (found) return { gradient: found }
  if (!op.differentiable)
    fail(where, {
      expected: 'gradients of what can be differentiated once more',
      got: `"${sourceOf(node).op.name}", which can not`,
      remedy:
        'Compute a recurrence by an RNN with a cell of your own, or write ops.stopGradient around the gradients.',
    })
  const code = expressionOf(node)?.instructions[0]?.code ?? 0
  if (code < SLOPES) return null
  return {
    gradient: throughDecomposition((graph, { a }) => {
      const slope = slopeExpression(graph, code - SLOPES, a as Value)
      return typeof slope === 'number' ? {} : { y: slope }
    }),
  }
}

/**
 * Adds the gradients of the sum of a tensor to the graph of a step, which can be differentiated again from there on.
 *
 * @param where What errors call what is differentiated.
 * @param sources The tensors to differentiate by.
 * @param isFollowed Whether gradients of what is computed with these go through them; they are constants else.
 * @returns The gradient of each; undefined where the sum does not depend on it.
 */
export function gradientsOf(
  graph: Graph,
  where: string,
  y: Value,
  sources: readonly Value[],
  isFollowed: boolean,
): (Value | undefined)[] {
  graph.further ??= (node) => furtherGradientOf(where, node)
  return differentiate(graph, [sumAsLoss(graph, y)], sources, sumOf).map((found, i) => {
    const gradient = found && reshape(graph, found, { shape: sources[i]?.shape ?? [] })
    return gradient && !isFollowed ? detach(graph, gradient, {}) : gradient
  })
}

/** Throws for a tensor that gradients are taken by, of which there are none. */
export const refuseConstant = (where: string, { shape }: Value): never =>
  fail(where, {
    expected: 'tensors that the loss is computed of by functions that have a slope',
    got: `one of ${showShape(shape)} that it does not depend on`,
    remedy: 'What a loss has of a tensor through whole numbers, such as ids and indices, has no gradient.',
  })
