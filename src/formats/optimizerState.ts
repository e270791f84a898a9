// The state of an optimizer in the groups of a file.

import { checkFinite, checkInteger, checkPositive, SIZE_LIMIT } from '../errors.ts'
import type { StoredModel } from '../models/storedModel.ts'
import { MOST_SCALE } from '../ops/lossScaleState.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { scalingOf } from '../training/scaling.ts'
import type { WeightTree } from './keras/weightTree.ts'
import { type Setter, storedFor } from './setWeights.ts'
import type { StoredArray } from './storedArray.ts'

/** What has an optimizer, and makes its state where the weights of that are known. */
type Trainee = Pick<StoredModel, 'optimizer'> & Partial<Pick<StoredModel, 'buildOptimizer'>>

const COUNTS = { min: 0, max: SIZE_LIMIT - 1 }

/**
 * What sets the optimizer's variables: iterations, the learning rate unless it follows a schedule, then those that it lists.
 *
 * @param tree The group of the optimizer.
 * @throws {FormatError} if one has another shape. State of more or fewer variables is left out, and the console says so.
 */
export function optimizerSetters(model: Trainee, tree: WeightTree | undefined, where: string): Setter[] {
  const { optimizer } = model
  if (!optimizer) return []
  const { vars = [], children } = tree ?? {}
  const innerVars = children?.get('inner_optimizer')?.vars
  const scaling = scalingOf(optimizer)
  // A scale stands beside the state of the optimizer that it is for, which is the same without one. A functional model's config does
  // not say that Keras had mixed precision when it was compiled, so that its file has a scale for an optimizer that has none here.
  if (!scaling) return settersFor(optimizer, innerVars ?? vars, model, where)
  const { innerOptimizer } = scaling
  // Its variables are iterations and a learning rate that mean nothing, steps since the scale changed, the scale, then those of the
  // optimizer in it. Before the first training step there are no steps and no scale, and the inner one has iterations and a rate at most.
  const isTrained = vars.length > 4
  const own = isTrained ? vars.slice(2, 4) : null
  const inner = vars.slice(isTrained ? 4 : 2)
  const numbers = own && scalingNumbers(own, `${where}, optimizer LossScaleOptimizer`)
  const isScaled = own ? numbers !== null : vars.length === 0 || inner.length > 0
  return [
    ...settersFor(innerOptimizer, innerVars ?? (isScaled ? inner : vars), model, where),
    () => scaling.restart(innerOptimizer.steps, numbers ?? undefined),
  ]
}

/** Null where they are no numbers. */
function scalingNumbers([steps, scale]: readonly StoredArray[], where: string) {
  if (steps?.shape.length !== 0 || scale?.shape.length !== 0) return null
  const dynamicScale = checkPositive(where, 'dynamic_scale', Number(scale.data[0]))
  return {
    dynamicScale: checkFinite(where, 'dynamic_scale', dynamicScale, { max: MOST_SCALE }),
    stepCounter: checkInteger(where, 'step_counter', Number(steps.data[0]), COUNTS),
  }
}

/**
 * What sets the state of optimizers in fields, which steps of the class apply. That of one that has none yet is set by the first of its
 * steps, which says what its weights are.
 *
 * @param tree The group of the model.
 */
export const heldSetters = ({ heldOptimizers }: StoredModel, tree: WeightTree, where: string): Setter[] =>
  heldOptimizers.flatMap((held) => {
    const { path } = held
    const stored = path.reduce<WeightTree | undefined>((group, name) => group?.children.get(name), tree)
    return stored ? held.setting(() => optimizerSetters(held, stored, `${where}, ${path.join('/')}`)) : []
  })

function settersFor(
  optimizer: Optimizer,
  [iterations, ...others]: readonly StoredArray[],
  model: Trainee,
  where: string,
): Setter[] {
  // The file of a model that was compiled but never trained has no slots.
  const isTrained = others.length > 1 || others.some(({ shape }) => shape.length > 0)
  if (isTrained) model.buildOptimizer?.()
  const { variables, rule } = optimizer
  // What follows from the iterations comes last, and needs no reading: Keras 2 does not store it.
  const least = isTrained ? variables.length : 0
  const most = least + Number(isTrained && rule.stored !== undefined)
  // Keras 2 does not store the learning rate; a schedule computes it.
  const hasRate = !optimizer.hasSchedule && others.length > least && others[0]?.shape.length === 0
  const slots = withPlaceholders(optimizer, hasRate ? others.slice(1) : others)
  // It also stored momenta of zero, which an optimizer without momentum does not have.
  const isIdle = variables.length === 0
  if (!isIdle && (slots.length < least || slots.length > most)) {
    // As in Keras, where such a file is one of layers that were frozen or thawed after compile: only their new flags are in it.
    console.warn(
      `${where}: the optimizer ${optimizer.className} starts anew: expected ${most} slots, got ${slots.length}. ` +
        'Compile after a change of trainable to save its state.',
    )
    return []
  }
  const setters = variables
    .slice(0, least)
    .map((variable, i) => storedFor(variable, slots[i], `${where}, optimizer slot "${variable.path}"`))
  const learningRate = hasRate ? others[0] : undefined
  return [
    ...setters,
    () => {
      optimizer.steps = checkInteger(where, 'iterations', Number(iterations?.data[0] ?? 0), COUNTS)
      if (learningRate) optimizer.learningRate = Number(learningRate.data[0])
    },
  ]
}

/** Keras 2 leaves out slots in whose place Keras 3 stores a number. */
function withPlaceholders(
  { variables, rule }: Optimizer,
  slots: readonly StoredArray[],
): readonly StoredArray[] {
  const isPlaceholder = variables.map((variable) => rule.isPlaceholder?.(variable) ?? false)
  if (slots.length !== isPlaceholder.filter((is) => !is).length) return slots
  const left = [...slots]
  const none: StoredArray = { shape: [], dtype: 'int32', data: Int32Array.of(0) }
  return variables.map((_, i) => (isPlaceholder[i] ? none : (left.shift() ?? none)))
}
