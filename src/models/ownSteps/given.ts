// What steps of one's own are given and give.

import { describeValue, fail } from '../../errors.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import type { Metric } from '../../training/metric.ts'
import { isOptions } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import { MetricInStep } from './stepOfClass.ts'

/** What a step is handed, as x, y and the weights of samples. */
export const unpacked = (data: unknown): readonly [x: unknown, y: never, sampleWeight: never] => {
  const [x, y = null, sampleWeight = null] = Array.isArray(data) ? data : [data]
  return [x, y as never, sampleWeight as never]
}

/** The tensors of inputs or outputs in their order. */
export const flat = (given: unknown): SymbolicTensor[] => {
  if (given instanceof SymbolicTensor) return [given]
  if (Array.isArray(given)) return given.flatMap(flat)
  return isOptions(given) ? Object.values(given).flatMap(flat) : []
}

/** Metrics in the fields of a model. */
export const metricsIn = (model: object): readonly Metric[] =>
  Object.values(model).filter(
    (value): value is Metric =>
      typeof value === 'object' &&
      value !== null &&
      'updateState' in value &&
      typeof value.state === 'function',
  )

/** Throws where what a step returns is no number. */
export function checkLog(where: string, name: string, given: unknown): void {
  if (given instanceof MetricInStep) return
  const isNumber = given instanceof SymbolicTensor && given.shape.every((extent) => extent === 1)
  if (isNumber) return
  fail(where, {
    expected: `a number for ${name}, [], or what result() of a metric returns`,
    got: given instanceof SymbolicTensor ? showShape(given.shape) : describeValue(given),
    remedy: given instanceof SymbolicTensor ? 'Take its mean: ops.mean(loss).' : undefined,
  })
}
