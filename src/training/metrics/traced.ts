// Values of metrics that are written in `ops`.

import type { Graph, Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { lowerTraced, withEqualRanks } from '../../operations/tracedLoss.ts'
import type { MetricInputs } from '../metric.ts'

/** A function of `ops` of targets and predictions, which have equal ranks where one has an axis of 1 more. */
export type MetricFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** The function as operations of a step. */
export const traced =
  (where: string, fn: MetricFunction) =>
  (graph: Graph, inputs: MetricInputs, step: StepLowering): Value =>
    lowerTraced(
      where,
      ([yTrue, yPred]) => [fn(yTrue as SymbolicTensor, yPred as SymbolicTensor)],
      withEqualRanks(graph, inputs),
      step,
    )
