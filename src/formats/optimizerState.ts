// The state of an optimizer in the groups of a file.

import type { StoredModel } from '../models/storedModel.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { scalingOf } from '../training/scaling.ts'
import { failFormat } from './formatError.ts'
import { type Setter, storedFor } from './setWeights.ts'
import type { StoredArray } from './storedArray.ts'
import type { WeightTree } from './weightTree.ts'

/**
 * What sets the optimizer's variables: iterations, the learning rate unless it follows a schedule, then those that it lists.
 *
 * @param tree The group of the optimizer.
 * @throws {FormatError} if they are those of another optimizer.
 */
export function optimizerSetters(model: StoredModel, tree: WeightTree | undefined, where: string): Setter[] {
  const { optimizer } = model
  if (!optimizer) return []
  const scaling = scalingOf(optimizer)
  const { vars = [] } = (scaling ? tree?.children.get('inner_optimizer') : tree) ?? {}
  const setters = settersFor(model, scaling?.innerOptimizer ?? optimizer, vars, where)
  return scaling ? [...setters, () => scaling.restart(optimizer.iterations)] : setters
}

function settersFor(
  model: StoredModel,
  optimizer: Optimizer,
  [iterations, ...others]: readonly StoredArray[],
  where: string,
): Setter[] {
  // The file of a model that was compiled but never trained has no slots.
  const isTrained = others.length > 1 || others.some(({ shape }) => shape.length > 0)
  if (isTrained) model.buildOptimizer()
  // What follows from the iterations comes last, and needs no reading.
  const count = isTrained ? optimizer.variables.length + Number(optimizer.rule.stored !== undefined) : 0
  // Keras 2 does not store the learning rate; a schedule computes it.
  const hasRate = !optimizer.hasSchedule && others.length === count + 1
  const slots = hasRate ? others.slice(1) : others
  if (slots.length !== count) {
    failFormat(`${where}, optimizer ${optimizer.className}`, {
      expected: `${count} slots`,
      got: `${slots.length}`,
      remedy: 'Load with { compile: false } and compile anew.',
    })
  }
  const setters = optimizer.variables
    .slice(0, slots.length)
    .map((variable, i) => storedFor(variable, slots[i], `${where}, optimizer slot "${variable.path}"`))
  const learningRate = hasRate ? others[0] : undefined
  return [
    ...setters,
    () => {
      optimizer.iterations = Number(iterations?.data[0] ?? 0)
      if (learningRate) optimizer.learningRate = Number(learningRate.data[0])
    },
  ]
}
