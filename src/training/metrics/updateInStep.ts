// `metric.updateState` in code that is traced: an update of the metric in each step.

import { fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { symbolicOf } from '../../layers/own/numbersLayer.ts'
import { stepEffect } from '../../layers/own/stepCall.ts'
import { currentStep, type StepTrace } from '../../layers/own/stepTrace.ts'
import { concatAlong } from '../../ops/columns.ts'
import { reshape } from '../../ops/view.ts'
import { isOptions } from '../../util/options.ts'
import { type OpenShape, type Shape, sameShape, showShape } from '../../util/shape.ts'
import { fitsSample } from '../loss.ts'
import type { Metric, MetricInputs } from '../metric.ts'

/**
 * Adds an update to the function that is traced.
 *
 * @param given What `updateState` was given: targets and predictions, or values, then weights, by themselves or as an option.
 */
export function updateInStep(metric: Metric, given: readonly unknown[]): void {
  const where = `${metric.className} "${metric.name}".updateState`
  const [yTrue, yPred] = metric.takesValues ? [given[0], given[0]] : given
  const told = given[metric.takesValues ? 1 : 2] ?? null
  const sampleWeight = isOptions(told) ? (told.sampleWeight ?? null) : told
  const inputs = [symbolicOf(yPred, where), symbolicOf(yTrue, where)]
  if (sampleWeight !== null) inputs.push(symbolicOf(sampleWeight, `${where}, sampleWeight`))
  const joined = joinedIn(currentStep(), metric)
  joined.count++
  stepEffect(where, inputs, ([x, y, weights], step) => {
    const { graph } = step
    if (!x || !y) impossible('a metric of nothing')
    const predictions = withColumns(graph, x.value)
    const [rows = 1, ...sample] = predictions.shape
    const state = step.metricState(metric, sample, where)
    if (state === null) return
    if (!state)
      fail(where, {
        expected: 'a metric in a field of the model or a layer of it',
        got: 'one elsewhere, or one whose state depends on predictions',
      })
    const expected = metric.takesValues ? 'any' : metric.targetShape(sample)
    const targets = metric.takesValues ? predictions : fitted(graph, y.value, rows, expected, where)
    joined.given.push({ predictions, targets, weights: weights && ofRows(graph, weights.value) })
    if (joined.given.length < joined.count) return
    metric.lower(graph, joinedRows(graph, joined.given.splice(0), where), state, step)
  })
}

/** The updates of a metric in a step that a class says, of which its state knows one: of the rows of all. */
interface Joined {
  count: number
  readonly given: MetricInputs[]
}

const updates = new WeakMap<StepTrace, Map<Metric, Joined>>()

function joinedIn(step: StepTrace | null, metric: Metric): Joined {
  const alone: Joined = { count: 0, given: [] }
  if (!step) return alone
  const ofStep = updates.get(step) ?? new Map<Metric, Joined>()
  updates.set(step, ofStep)
  const joined = ofStep.get(metric) ?? alone
  ofStep.set(metric, joined)
  return joined
}

function joinedRows(graph: Graph, given: readonly MetricInputs[], where: string): MetricInputs {
  const [first, ...others] = given
  if (!first || others.length === 0) return first ?? impossible('a metric of nothing')
  const join = (values: readonly Value[]): Value => {
    const [one, ...rest] = values.map(({ shape }) => shape.slice(1))
    const other = rest.find((shape) => !sameShape(shape, one ?? []))
    if (other)
      fail(where, {
        expected: `updates of one shape in a step, [rows, ${one}]`,
        got: `[rows, ${other}]`,
        remedy: 'Make a metric for each.',
      })
    return concatAlong(graph, values, 0)
  }
  const isWeighted = given.some(({ weights }) => weights !== undefined)
  const onesOf = ({ shape: [rows = 1] }: Value): Value =>
    graph.constant(new Float32Array(rows).fill(1), [rows])
  return {
    predictions: join(given.map(({ predictions }) => predictions)),
    targets: join(given.map(({ targets }) => targets)),
    weights: isWeighted
      ? join(given.map(({ weights, predictions }) => weights ?? onesOf(predictions)))
      : undefined,
  }
}

/** Numbers by themselves are samples of one entry. */
export const withColumns = (graph: Graph, x: Value): Value =>
  x.shape.length > 1 ? x : reshape(graph, x, { shape: [x.shape[0] ?? 1, 1] })

/** Weights of rows: as in Keras one of an axis of 1 at the end is of the axes before. */
export const ofRows = (graph: Graph, x: Value): Value =>
  x.shape.length > 1 && x.shape.at(-1) === 1 ? reshape(graph, x, { shape: x.shape.slice(0, -1) }) : x

/** Targets in the shape that a metric takes; an axis of 1 at the end may be missing or added. */
export function fitted(
  graph: Graph,
  targets: Value,
  rows: number,
  expected: OpenShape | 'any',
  where: string,
): Value {
  if (expected === 'any') return targets
  if (targets.shape[0] !== rows || !fitsSample(targets.shape, expected))
    fail(where, { expected: `targets ${showShape([rows, ...expected])}`, got: showShape(targets.shape) })
  return reshape(graph, targets, { shape: [rows, ...(expected as Shape)] })
}
