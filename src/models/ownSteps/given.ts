// What steps of one's own are given and give.

import { describeValue, fail } from '../../errors.ts'
import { flattened } from '../../layers/own/arrangement.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { showShape } from '../../util/shape.ts'
import type { StepTensors } from '../steppedModel.ts'
import { MetricInStep } from './stepOfClass.ts'

/** What a step is handed, as x, y and the weights of samples. */
export const unpacked = (data: unknown): readonly [StepTensors, StepTensors | null, StepTensors | null] => {
  const [x, y = null, sampleWeight = null] = Array.isArray(data) ? data : [data]
  return [x, y, sampleWeight]
}

/** Runs a step's code; data that it takes apart as what they are not are told as a mistake of its author. */
export function takingData<T>(where: string, data: unknown, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof TypeError && error.message.includes('iterable'))) throw error
    const got = `TypeError: ${error.message}`
    if (Array.isArray(data))
      fail(where, { expected: `data as [x, y${data.length > 2 ? ', sampleWeight' : ''}]`, got })
    fail(where, {
      expected: 'data as x by itself, since there are neither targets nor weights',
      got,
      remedy: `Write ${where.endsWith('testStep') ? 'testStep' : 'trainStep'}(x), or give targets.`,
    })
  }
}

/** What a step has at the outputs of the model: tensors, lists or objects of them; null where there are none. */
export interface Ends {
  readonly yPred: unknown
  readonly y: unknown
  readonly sampleWeight: unknown
}

/** The ends among the arguments of `computeLoss` and `computeMetrics`. */
export const endsOf = ([, y, yPred, sampleWeight]: readonly unknown[]): Ends => ({ yPred, y, sampleWeight })

/** The tensors of inputs or outputs in their order. */
export const flat = (given: unknown): SymbolicTensor[] =>
  flattened(given).filter((one): one is SymbolicTensor => one instanceof SymbolicTensor)

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
