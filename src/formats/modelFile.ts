// A model as the bytes of a file: the whole of it as `.keras`, or its weights and its optimizer's state as `.weights.h5`, as Keras
// lays them out. What checkpoints hold.

import type { Layer, WeightGroup } from '../layers/layer.ts'
import type { Variable } from '../layers/variable.ts'
import { readValues } from '../layers/variableValues.ts'
import type { LayersModel } from '../models/model.ts'
import { DynamicLossScaleOptimizer } from '../training/lossScaleOptimizer.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { WrittenDataset, WrittenGroup } from './hdf5/tree.ts'
import { writeHdf5 } from './hdf5/writer.ts'
import { configOfLayer } from './layerConfig.ts'
import { childrenOf, ownVariables, setGroup, setOptimizerState } from './readModel.ts'
import { readWeightTree } from './weightTree.ts'

/** The Keras whose files these are. */
const KERAS_VERSION = '3.16.0'

/** The bytes of a `.weights.h5`: all weights, and the optimizer's state of a model that is compiled. */
export async function weightsFile(model: LayersModel): Promise<Uint8Array<ArrayBuffer>> {
  const { optimizer } = model
  const variables = [...model.graph.variables, ...(optimizer?.variables ?? [])]
  const values = await readValues(variables)
  const valuesOf = new Map(variables.map((variable, i) => [variable, values[i]?.data as Float32Array]))
  const root = groupOf(model as Layer & WeightGroup, valuesOf)
  const children = new Map(root.children)
  if (optimizer) children.set('optimizer', optimizerGroup(optimizer, valuesOf))
  return joined(writeHdf5({ ...root, children }))
}

/** The bytes of a `.keras`: architecture, weights and the optimizer's state. */
export async function modelFile(model: LayersModel): Promise<Uint8Array> {
  const [{ zipSync }, weights] = await Promise.all([import('fflate'), weightsFile(model)])
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  return zipSync(
    {
      'metadata.json': text({ keras_version: KERAS_VERSION, date_saved: new Date().toISOString() }),
      'config.json': text(configOfLayer(model)),
      'model.weights.h5': weights,
    },
    { level: 0 },
  )
}

/**
 * Sets the weights of a model, and its optimizer's state where it is compiled and the file has it, to those of a `.weights.h5`.
 *
 * @throws {FormatError} if the file is of another model; nothing is set then.
 */
export function restoreWeightsFile(model: LayersModel, bytes: Uint8Array, where: string): void {
  const tree = readWeightTree(where, bytes)
  const state = tree.children.get('optimizer')
  if (state && model.optimizer) model.buildOptimizer()
  const { optimizer } = model
  const before = [...model.graph.variables, ...(optimizer?.variables ?? [])].map(
    (variable) => [variable, variable.value, variable.home] as const,
  )
  try {
    setGroup(model as Layer & WeightGroup, tree, where)
    if (state) setOptimizerState(model, state, where)
  } catch (error) {
    for (const [variable, value, home] of before) Object.assign(variable, { value, home })
    throw error
  }
}

type Values = ReadonlyMap<Variable, Float32Array>

const floats = (data: Float32Array, shape: readonly number[]): WrittenDataset => ({
  shape,
  dtype: 'float32',
  data,
})

const listOf = (datasets: readonly WrittenDataset[], name?: string): WrittenGroup => ({
  children: new Map(datasets.map((dataset, i) => [String(i), dataset])),
  ...(name === undefined ? {} : { attributes: { name } }),
})

function groupOf(group: WeightGroup, values: Values): WrittenGroup {
  const datasets = ownVariables(group).map((variable) =>
    floats(values.get(variable) as Float32Array, variable.shape),
  )
  const name = 'name' in group && typeof group.name === 'string' ? group.name : undefined
  const inside = childrenOf(group).map(([key, child]) => [key, groupOf(child, values)] as const)
  return { children: new Map([['vars', listOf(datasets, name)], ...inside]) }
}

function optimizerGroup(optimizer: Optimizer, values: Values): WrittenGroup {
  if (optimizer instanceof DynamicLossScaleOptimizer) {
    const inner = optimizerGroup(optimizer.innerOptimizer, values)
    return { children: new Map([['inner_optimizer', inner]]) }
  }
  const { iterations, learningRate, variables, hasSchedule } = optimizer
  const slots = variables.map((variable) => floats(values.get(variable) as Float32Array, variable.shape))
  const count: WrittenDataset = { shape: [], dtype: 'int32', data: Int32Array.of(iterations) }
  const rates = hasSchedule ? [] : [floats(Float32Array.of(learningRate), [])]
  return { children: new Map([['vars', listOf([count, ...rates, ...slots])]]) }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
