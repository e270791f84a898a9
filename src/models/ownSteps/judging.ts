// Losses in a step of one's own: numbers that it computes on with.

import type { Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { sumOf } from '../../ops/addAll.ts'
import { LossLink } from '../../ops/lossLink.ts'
import { sum } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { sizeOf } from '../../util/shape.ts'
import type { Measures, OutputTraining, OutputValues } from '../measures.ts'

/** Where a loss is judged, and by what. */
export interface Judging {
  readonly measures: Measures
  readonly training: readonly OutputTraining[]
  readonly rows: number
  /** Whether the running means of losses are updated. */
  readonly tracks: boolean
}

/** The sum of the losses of outputs, [1], by which training may differentiate; undefined where no output has one. */
export function judge(
  step: StepLowering,
  outputs: readonly (OutputValues | null)[],
  { measures, training, rows, tracks }: Judging,
): Value | undefined {
  const { graph } = step
  const link = new LossLink()
  const linked = outputs.map(
    (values) => values && { ...values, predictions: link.predictions(graph, values.predictions) },
  )
  const losses = measures.lower(step, linked, [], { rows, tracks })
  const judged = training.flatMap(({ loss, lossWeight }, i) => {
    const values = outputs[i]
    return loss && values ? [{ loss, lossWeight, isWeighted: values.weights !== undefined }] : []
  })
  const shares = losses.map((loss, i) => {
    const {
      loss: { reduction },
      lossWeight = 1,
      isWeighted,
    } = judged[i] as (typeof judged)[number]
    const isSum = reduction === 'sum' || (reduction === 'mean_with_sample_weight' && isWeighted)
    const size = sizeOf(loss.shape)
    const x = reshape(graph, loss, { shape: [1, size] })
    return sum(graph, { x }, { axis: 1, scale: isSum ? lossWeight : lossWeight / size }).y
  })
  return shares.length > 0 ? link.number(graph, sumOf(graph, shares), losses) : undefined
}
