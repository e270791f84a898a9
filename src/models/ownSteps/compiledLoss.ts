// What `super.computeLoss` is: the losses of `compile` in `ops`, with what layers and regularizers add.

import * as functions from '../../composed/losses/index.ts'
import { withEqualRanks } from '../../composed/losses/lossFunction.ts'
import { fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { snakeCase } from '../../layers/naming.ts'
import { symbolicOf } from '../../layers/own/numbersLayer.ts'
import { stepCall, stepEffect } from '../../layers/own/stepCall.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { add, multiply } from '../../operations/elementwise.ts'
import { resultOf } from '../../operations/functions.ts'
import { sumOf } from '../../ops/addAll.ts'
import { reshape } from '../../ops/view.ts'
import { zerosOf } from '../../ops/zeros.ts'
import type { Loss } from '../../training/loss.ts'
import { LossObject } from '../../training/losses/calledLoss.ts'
import { fusedRows } from '../../training/losses/fusedRows.ts'
import { type LossRows, symbolicLoss } from '../../training/losses/symbolicLoss.ts'
import type { ModelCore } from '../core.ts'
import type { RulesOfStep } from '../weightRules.ts'
import { type Ends, flat } from './given.ts'
import { penaltiesOf } from './penalties.ts'
import type { StepMeasures } from './stepMeasures.ts'
import type { StepOfClass } from './stepOfClass.ts'

/** The values of rows of a loss in `ops`. */
function rowsOf(loss: Loss): LossRows {
  if (loss instanceof LossObject) return loss.rows
  const where = loss.className
  if ('fn' in loss) {
    const fn = loss.fn as Parameters<typeof resultOf>[0]
    return (yTrue, yPred) => {
      const tensors = withEqualRanks(where, yTrue, yPred).map((given) => symbolicOf(given, where))
      return [resultOf(fn, tensors, where)]
    }
  }
  const name = snakeCase(where)
  const inOps =
    Object.values(functions).find(({ className }) => className === name) ?? impossible(`${where} in ops`)
  return fusedRows(inOps)(loss)
}

/** The losses of `compile` for outputs, targets and weights of samples: one for each output, and the same with their weights. */
export function lossParts(
  core: ModelCore,
  where: string,
  { yPred, y, sampleWeight }: Ends,
): { readonly numbers: readonly SymbolicTensor[]; readonly parts: readonly SymbolicTensor[] } {
  const [outputs, targets, weights] = [yPred, y, sampleWeight].map(flat) as [
    SymbolicTensor[],
    SymbolicTensor[],
    SymbolicTensor[],
  ]
  checkEnds(core, where, outputs.length, targets.length)
  const parts: SymbolicTensor[] = []
  const numbers: SymbolicTensor[] = []
  core.training.forEach(({ loss, lossWeight }, i) => {
    if (!loss) return
    const [yTrue, output] = [targets[i], outputs[i]]
    if (!yTrue || !output)
      fail(where, { expected: `targets for the loss of "${core.outputNames[i]}"`, got: 'none' })
    const { className, reduction } = loss
    const of = { where: className, reduction, rows: rowsOf(loss) }
    const number = symbolicLoss(of, { yTrue, yPred: output, sampleWeight: weights[i] ?? null })
    numbers.push(number)
    parts.push(lossWeight === 1 ? number : multiply(number, lossWeight))
  })
  return { numbers, parts }
}

/** The loss of `compile` for outputs, targets and weights of samples. */
export function compiledLoss(
  core: ModelCore,
  measures: StepMeasures,
  traced: StepOfClass,
  ends: Ends,
): SymbolicTensor {
  const where = `${core.where}.computeLoss`
  const { numbers, parts: ofOutputs } = lossParts(core, where, ends)
  const parts = [...ofOutputs]
  if (numbers.length > 1)
    stepEffect(where, numbers, (values, { graph }) => {
      const losses = values.map(({ value }) => value)
      measures.trackLosses(graph, traced, losses)
    })
  if (core.addsLosses || core.isRuled) parts.push(...addedLosses(where, traced))
  const [first, ...others] = parts
  if (!first)
    fail(where, {
      expected: 'a loss',
      got: 'none',
      remedy: "Give compile loss: 'mean_squared_error', say.",
    })
  return others.reduce((sum, part) => add(sum, part), first)
}

/** What layers have added to the loss in calls before, and regularizers add, as one number. */
export const addedLosses = (where: string, traced: StepOfClass): readonly SymbolicTensor[] =>
  stepCall(where, [], [[]], (_, step) => [added(step, traced, where)])

function added(step: StepLowering, traced: StepOfClass, where: string): Value {
  const { graph } = step
  const { rules } = step as StepLowering & { readonly rules: RulesOfStep | null }
  const all = [...traced.lowering.added, ...(rules ? penaltiesOf(rules, step, where) : [])]
  const ones = all.map((value) => reshape(graph, value, { shape: [1] }))
  return reshape(graph, ones.length > 0 ? sumOf(graph, ones) : zerosOf(graph, [1]), { shape: [] })
}

/** Throws where there are not as many outputs and targets as the model has outputs. */
export function checkEnds(
  { outputs: { length } }: ModelCore,
  where: string,
  outputs: number,
  targets: number,
) {
  if (outputs >= length && (targets === 0 || targets === length)) return
  fail(where, {
    expected: `outputs and targets of the model's ${length} outputs`,
    got: `${outputs} and ${targets}`,
  })
}
