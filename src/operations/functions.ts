// Functions of `ops` as operations of a step: each is traced for the shapes that it meets.

import { describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import type { TensorFunction, TracedFunction } from '../layers/functions.ts'
import { symbolicTensors } from '../layers/layerCall.ts'
import { lowerGraph } from '../layers/layerGraph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { trace } from '../layers/trace.ts'
import { binary } from '../ops/elementwise.ts'
import { lossOf, reshape } from '../ops/view.ts'
import { showShape } from '../util/shape.ts'

/** A function of `ops` as an activation and as a loss. */
export function traceFunction(where: string, fn: TensorFunction): TracedFunction {
  const call = (inputs: readonly Value[], step: StepLowering): Value => {
    const placeholders = inputs.map(({ shape }) => ({ shape }))
    const traced = trace({ where }, placeholders, (tensors) => [resultOf(fn, tensors, where)])
    const given = inputs.map((value) => ({ value, mask: null }))
    return lowerGraph(traced, step, given, true)[0]?.value as Value
  }
  return {
    className: 'function',
    name: fn.name || 'loss',
    config: {},
    applyTo: (graph, x) => call([x], functionAlone(graph, where)),
    getConfig: () =>
      fail(where, {
        expected: 'what has a config',
        got: describeValue(fn),
        remedy: 'A file cannot hold a function: write a class that extends Layer, and register it.',
      }),
    targetShape: () => 'any',
    lower(graph, { weights, ...inputs }, step) {
      const found = call(withEqualRanks(graph, inputs), step)
      const losses = found.shape.length === 0 ? reshape(graph, found, { shape: [1] }) : found
      return lossOf(graph, weights ? weighted(graph, losses, weights, where) : losses, {})
    },
  }
}

type LossInputs = Parameters<TracedFunction['lower']>[1]

function resultOf(fn: TensorFunction, tensors: readonly SymbolicTensor[], where: string): SymbolicTensor {
  const call = fn as unknown as (...inputs: readonly unknown[]) => unknown
  const returned = call(...tensors)
  const [result, ...others] = symbolicTensors(
    returned,
    where,
    'a function that returns a symbolic tensor, which ops made of its arguments',
  )
  if (result && others.length === 0) return result
  return fail(where, {
    expected: 'a function that returns one symbolic tensor',
    got: describeValue(returned),
  })
}

/**
 * Targets and predictions with an axis of 1 at the end added or taken away, where their ranks differ by that.
 *
 * @see keras/src/losses/loss.py, squeeze_or_expand_to_same_rank
 */
function withEqualRanks(graph: Graph, { targets, predictions }: Omit<LossInputs, 'weights'>): [Value, Value] {
  const [t, p] = [targets.shape, predictions.shape]
  const expanded = (x: Value): Value => reshape(graph, x, { shape: [...x.shape, 1] })
  const squeezed = (x: Value): Value => reshape(graph, x, { shape: x.shape.slice(0, -1) })
  if (t.length === p.length + 1 && t.at(-1) === 1)
    return p.length === 1 ? [targets, expanded(predictions)] : [squeezed(targets), predictions]
  if (p.length === t.length + 1 && p.at(-1) === 1)
    return t.length === 1 ? [expanded(targets), predictions] : [targets, squeezed(predictions)]
  return [targets, predictions]
}

/** Losses of rows times the weights of rows, or of their samples. */
function weighted(graph: Graph, losses: Value, weights: Value, where: string): Value {
  const missing = losses.shape.length - weights.shape.length
  if (missing < 0) {
    fail(where, {
      expected: `values for weights ${showShape(weights.shape)}`,
      got: showShape(losses.shape),
      remedy: 'Return one value a row, or a time step, where there are sample weights or masks.',
    })
  }
  const b = reshape(graph, weights, { shape: [...weights.shape, ...Array<number>(missing).fill(1)] })
  return binary(graph, { a: losses, b }, { fn: 'multiply' }).y
}

/** A step for a function that uses nothing but its arguments and numbers. */
function functionAlone(graph: Graph, where: string): StepLowering {
  const refuse = (): never =>
    fail(where, {
      expected: 'a function of ops alone',
      got: 'one with weights or draws',
      remedy: 'Write a class that extends Layer.',
    })
  return {
    graph,
    countCall: () => 0,
    variable: ({ kind, value, shape }) => (kind === 'constant' ? graph.constant(value, shape) : refuse()),
    trains: refuse,
    reportIds: refuse,
    update: refuse,
    addLoss: refuse,
    finish: refuse,
  }
}
