// Makes a model of a Keras 3 `.keras` file, with weights, compile settings and optimizer state.

import { callable } from '../layers/callable.ts'
import { Layer, type WeightGroup } from '../layers/layer.ts'
import { snakeCase } from '../layers/naming.ts'
import { LookupLayer } from '../layers/preprocessing/lookupLayer.ts'
import { isWeight, type Variable } from '../layers/variable.ts'
import type { CallableModel, LayersModel } from '../models/model.ts'
import { DynamicLossScaleOptimizer } from '../training/lossScaleOptimizer.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { sameShape, showShape } from '../util/shape.ts'
import { failFormat } from './formatError.ts'
import { type KerasArchive, readKerasArchive } from './kerasArchive.ts'
import { compileOptionsFrom, modelFromConfig } from './modelConfig.ts'
import { operationReader } from './operationCalls.ts'
import type { StoredArray } from './storedArray.ts'
import type { WeightTree } from './weightTree.ts'

/**
 * Makes the model that the bytes of a `.keras` file describe.
 *
 * @param compile Whether to take over compile settings and optimizer state.
 * @param where The call's name in errors: `loadModel "model.keras"`.
 */
export async function readModel(bytes: Uint8Array, compile: boolean, where: string): Promise<CallableModel> {
  const archive = await readKerasArchive(where, bytes)
  const model = modelFromConfig(archive.config, where, await operationReader(archive.config))
  setGroup(model, archive.weights, where)
  setVocabularies(model, archive.weights, archive.assets, where)
  const settings = compile ? compileOptionsFrom(archive.compileConfig, where) : null
  if (settings) {
    model.compile(settings)
    setOptimizerState(model, archive.weights.children.get('optimizer'), where)
  }
  return callable(model)
}

/** The groups inside a group, by name: those of a list bear the names of classes, numbered from the second of one on. */
export function childrenOf({ children }: WeightGroup): (readonly [name: string, child: WeightGroup])[] {
  if (!Array.isArray(children)) return Object.entries(children)
  const counts = new Map<string, number>()
  return (children as readonly Layer[]).map((layer) => {
    const name = snakeCase(layer.className)
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return [count === 0 ? name : `${name}_${count}`, layer]
  })
}

/** The weights that a file has in a group itself. A layer whose weights belong to a part of it has none beside this part. */
export function ownVariables(group: WeightGroup): readonly Variable[] {
  const inParts = new Set(
    'storesWeightsOfParts' in group ? [] : childrenOf(group).flatMap(([, child]) => child.variables),
  )
  return group.variables.filter((variable) => isWeight(variable) && !inParts.has(variable))
}

export function setGroup(group: WeightGroup, tree: WeightTree | undefined, where: string): void {
  const children = childrenOf(group)
  ownVariables(group).forEach((variable, i) => {
    setVariable(variable, tree?.vars[i], `${where}, weight "${variable.path}"`)
  })
  for (const [name, child] of children) {
    const inside = child instanceof Layer ? `${where}, ${child.where}` : where
    setGroup(child, tree?.children.get(name), inside)
  }
}

/** Takes over the vocabularies that layers learned, which lie beside the weights, by the same path. */
function setVocabularies(
  group: WeightGroup,
  tree: WeightTree | undefined,
  assets: KerasArchive['assets'],
  where: string,
  path = '',
): void {
  if (group instanceof LookupLayer && group.lookup.vocabulary === null) {
    const text = assets.get(`${path}vocabulary.txt`)
    const weights = tree?.named.get('idf_weights')?.data ?? null
    if (text !== undefined) group.restore(text, weights, `${where}, ${group.where}`)
  }
  for (const [name, child] of childrenOf(group))
    setVocabularies(child, tree?.children.get(name), assets, where, `${path}${name}/`)
}

function setVariable(variable: Variable, stored: StoredArray | undefined, where: string): void {
  if (stored === undefined || !sameShape(stored.shape, variable.shape)) {
    failFormat(where, {
      expected: `shape ${showShape(variable.shape)}`,
      got: stored ? showShape(stored.shape) : 'nothing in the file',
    })
  }
  variable.value = Float32Array.from(stored.data)
  variable.home = null
}

/**
 * The optimizer's variables: iterations, the learning rate unless it follows a schedule, those that it lists, then what follows from the
 * iterations.
 */
export function setOptimizerState(model: LayersModel, tree: WeightTree | undefined, where: string): void {
  if (!model.optimizer) return
  model.buildOptimizer()
  if (model.optimizer instanceof DynamicLossScaleOptimizer) {
    const { innerOptimizer } = model.optimizer
    setSlots(innerOptimizer, tree?.children.get('inner_optimizer'), where)
    model.optimizer.restart(innerOptimizer.iterations)
  } else {
    setSlots(model.optimizer, tree, where)
  }
}

function setSlots(optimizer: Optimizer, tree: WeightTree | undefined, where: string): void {
  const [iterations, ...others] = tree?.vars ?? []
  optimizer.iterations = Number(iterations?.data[0] ?? 0)
  const [learningRate, ...slots] = optimizer.hasSchedule ? [undefined, ...others] : others
  if (learningRate) optimizer.learningRate = Number(learningRate.data[0])
  // The file of a model that was compiled but never trained has no slots.
  if (slots.length === 0) return
  const count = optimizer.variables.length + Number(optimizer.rule.stored !== undefined)
  if (slots.length !== count) {
    failFormat(`${where}, optimizer ${optimizer.className}`, {
      expected: `${count} slots`,
      got: `${slots.length}`,
      remedy: 'Load with { compile: false } and compile anew.',
    })
  }
  optimizer.variables.forEach((variable, i) => {
    setVariable(variable, slots[i], `${where}, optimizer slot "${variable.path}"`)
  })
}
