// Metrics that a model or its layers hold in fields and update in their code, which logs tell as Keras tells them. Loaded by models that
// have some.

import { fail } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { isMetric } from '../layers/own/ownCode.ts'
import { withParts } from '../layers/withParts.ts'
import type { Metric } from '../training/metric.ts'
import type { MetricState, StateValues } from '../training/metricState.ts'
import { type OpenShape, sizeOf } from '../util/shape.ts'
import { HELD, type Measure, type Measures, tensorsOf } from './measures.ts'
import type { StepModel } from './stepGraph.ts'

/** Those of a model and its layers, but for metrics that `compile` named. */
export function heldMetrics(
  model: object | undefined,
  { topology, training }: Pick<StepModel, 'topology' | 'training'>,
): readonly Metric[] {
  const named = training.flatMap(({ metrics, weightedMetrics }) => [...metrics, ...weightedMetrics])
  const fields = [model ?? {}, ...withParts(topology.layers)].flatMap((holder) => Object.values(holder))
  const found = fields.filter((value): value is Metric => isMetric(value))
  return [...new Set(found)].filter((metric) => !named.includes(metric))
}

/** What is told of a metric in a field. */
export const heldMeasure = ({ all }: Measures, metric: object): Measure | undefined =>
  all.find((measure) => measure.output === HELD && measure.metric === metric)

/** The state of a metric, of which a step makes one update; undefined where it is in no field, or of another size for such predictions. */
export function heldState(
  graph: Graph,
  measures: Measures,
  { metric, sample, where }: { readonly metric: object; readonly sample: OpenShape; readonly where: string },
): StateValues | undefined {
  const measure = heldMeasure(measures, metric)
  const words = (state: MetricState): number =>
    Object.values(state).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (!measure || words(measure.state) !== words(measure.metric?.state(sample) ?? {})) return undefined
  if (isUpdated(graph, measure))
    fail(where, {
      expected: 'one update of a metric in a step',
      got: 'a second one',
      remedy: 'Join what it counts.',
    })
  return tensorsOf(graph, measure)
}

/** Whether a step updates a measure's state. */
export const isUpdated = (graph: Graph, { offsets }: Measure): boolean =>
  graph.nodes.some(({ inputs }) =>
    Object.values(inputs).some(
      ({ place }) => place?.arena === 'totals' && Object.values(offsets).includes(place.offset),
    ),
  )
