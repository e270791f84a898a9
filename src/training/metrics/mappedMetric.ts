// A metric of Keras that counts what code of the user's own makes of targets and predictions.

import { fail, impossible } from '../../errors.ts'
import { lowerGraph } from '../../layers/layerGraph.ts'
import { trace } from '../../layers/own/trace.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { showShape } from '../../util/shape.ts'
import type { Metric } from '../metric.ts'
import { standing } from './standing.ts'
import { fitted, ofRows, withColumns } from './updateInStep.ts'

/** What the code hands on: targets, and predictions where the metric takes both; weights of samples, null for none. */
export interface Counted {
  readonly values: readonly SymbolicTensor[]
  readonly sampleWeight: SymbolicTensor | null
}

type Count = (yTrue: SymbolicTensor, yPred: SymbolicTensor, sampleWeight: SymbolicTensor | null) => Counted

/** The metric `inner` of what `count` makes of targets, predictions and weights, in `ops`. */
export function mappedMetric(className: string, inner: Metric, count: Count) {
  const { name, config, needsUpdate, keys } = inner
  const where = `${className} "${name}".updateState`
  const mapped: Metric = {
    className,
    name,
    config,
    ...(needsUpdate !== undefined && { needsUpdate }),
    ...(keys && { keys }),
    targetShape: () => 'any',
    state: (prediction) => inner.state(prediction),
    compute: (state) => inner.compute(state),
    lower(graph, { predictions, targets, weights }, state, step) {
      const given = [targets, predictions, ...(weights ? [weights] : [])]
      let isWeighted = false
      const traced = trace(
        { where },
        given.map(({ shape }) => ({ shape })),
        ([yTrue, yPred, sampleWeight = null]) => {
          const made = count(
            yTrue ?? impossible('no targets'),
            yPred ?? impossible('no predictions'),
            sampleWeight,
          )
          isWeighted = made.sampleWeight !== null
          return [...made.values, ...(made.sampleWeight ? [made.sampleWeight] : [])]
        },
      )
      const request = given.map((value) => ({ value, mask: null }))
      const made = lowerGraph(traced, step, request, true).map(({ value }) => value)
      const counted = isWeighted ? made.pop() : undefined
      const x = withColumns(graph, made.at(-1) ?? impossible('nothing is counted'))
      const [rows = 1, ...sample] = x.shape
      const wordsOf = (shape: readonly number[]): string => JSON.stringify(inner.state(shape))
      if (wordsOf(sample) !== wordsOf(predictions.shape.slice(1)))
        fail(where, {
          expected: 'what it counts to have as many classes as the predictions',
          got: showShape([rows, ...sample]),
        })
      const expected = inner.takesValues ? 'any' : inner.targetShape(sample)
      const y = inner.takesValues
        ? x
        : fitted(graph, made[0] ?? impossible('no targets'), rows, expected, where)
      inner.lower(
        graph,
        { predictions: x, targets: y, weights: counted && ofRows(graph, counted) },
        state,
        step,
      )
    },
  }
  return standing(mapped)
}
