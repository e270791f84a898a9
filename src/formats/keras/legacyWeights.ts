// The weights of Keras's older HDF5 layout: under each layer's name an attribute weight_names, which lists the paths of its arrays,
// trained weights first. Lists of names that are too long for an attribute are split: weight_names0, weight_names1, …

import { describeValue } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { scalingOf } from '../../training/scaling.ts'
import { fromCuDNN } from '../cudnn.ts'
import { FormatError, failFormat } from '../formatError.ts'
import type { Hdf5Group, Hdf5Node } from '../hdf5/tree.ts'
import type { StoredWeights } from '../modelFile.ts'
import { ownVariables } from '../modelWeights.ts'
import { optimizerSetters } from '../optimizerState.ts'
import { fits, type Setter, storedFor } from '../setWeights.ts'
import type { StoredArray } from '../storedArray.ts'
import { legacyState } from './legacyOptimizer.ts'
import type { WeightTree } from './weightTree.ts'

/** The group of weights that belong to the model itself and to none of its layers. */
export const TOP_LEVEL = 'top_level_model_weights'
const SAVE_AGAIN = 'Save the model again.'

/** A text among the attributes of a group; null where there is none. */
export function textOf(group: Hdf5Node | undefined, name: string): string | null {
  const value = group?.attribute(name)?.data[0]
  return typeof value === 'string' ? value : null
}

/** The texts of an attribute, or of its parts; null where there is none. */
function textsOf(group: Hdf5Group, name: string): string[] | null {
  const whole = group.attribute(name)
  if (whole) return Array.from<unknown>(whole.data).map(String)
  const parts: string[][] = []
  for (let part = group.attribute(`${name}0`); part; part = group.attribute(`${name}${parts.length}`))
    parts.push(Array.from<unknown>(part.data).map(String))
  return parts.length > 0 ? parts.flat() : null
}

const hasNames = (group: Hdf5Group): boolean => textsOf(group, 'layer_names') !== null

/** The group that lists layers: the root, or in a whole model the one of its weights. */
function listOf(root: Hdf5Group): Hdf5Group | null {
  if (hasNames(root)) return root
  const weights = root.children.get('model_weights')
  return weights?.kind === 'group' && hasNames(weights) ? weights : null
}

/** Whether a file has weights in this layout. */
export const hasLegacyWeights = (root: Hdf5Group): boolean => listOf(root) !== null

/** What is found at a path inside a group. */
function nodeAt(group: Hdf5Group, path: string): Hdf5Node | undefined {
  let node: Hdf5Node | undefined = group
  for (const name of path.split('/').filter((name) => name !== ''))
    node = node?.kind === 'group' ? node.children.get(name) : undefined
  return node
}

/** The arrays that a group's weight_names list, with these names. */
function arraysIn(where: string, group: Hdf5Group): (readonly [name: string, array: StoredArray])[] {
  return (textsOf(group, 'weight_names') ?? []).map((name) => {
    const found = nodeAt(group, name)
    if (found?.kind === 'dataset') return [name, found.read()] as const
    const got = found ? 'a group' : 'nothing'
    return failFormat(where, { expected: `an array at "${group.path}/${name}"`, got, remedy: SAVE_AGAIN })
  })
}

/** The weights of a layer in the order of this layout: those that are trained, then the others. */
export function legacyOrder(layer: Layer): Variable[] {
  const trained = new Set(layer.trainableVariables)
  const weights = layer.weightVariables
  return [...trained, ...weights.filter((variable) => !trained.has(variable))]
}

/** The weights that a file has for a layer. */
interface Entry {
  readonly name: string
  readonly arrays: readonly StoredArray[]
}

/** How a file is read: as part of a whole model, whose layers bear its names; and which optimizer wrote its state. */
interface Reading {
  readonly isWhole: boolean
  readonly isOlder: boolean
}

export function legacyWeights(root: Hdf5Group, { isWhole, isOlder }: Reading): StoredWeights {
  return {
    setters(model, where, { byName = false, skipMismatch = false } = {}) {
      const list = listOf(root) ?? root
      const entries = (textsOf(list, 'layer_names') ?? []).map((name): Entry => {
        const group = nodeAt(list, name)
        if (group?.kind === 'group') return { name, arrays: arraysIn(where, group).map(([, array]) => array) }
        return failFormat(where, { expected: `a group "${name}"`, got: 'none', remedy: SAVE_AGAIN })
      })
      const pairs = byName || isWhole ? pairedByName(model, entries) : pairedByOrder(model, entries, where)
      const setters = pairs.flatMap(([layer, { arrays }]) => {
        const variables = legacyOrder(layer)
        const visit = { where: `${where}, ${layer.where}`, skips: skipMismatch }
        return settersOf(variables, fromCuDNN(layer, variables, arrays, where), visit)
      })
      if (isWhole) checkComplete(model, pairs, where)
      const top = list.children.get(TOP_LEVEL)
      const own = ownVariables(model)
      if (top?.kind !== 'group' || own.length === 0) return setters
      const arrays = arraysIn(where, top).map(([, array]) => array)
      return [
        ...setters,
        ...settersOf(own, arrays, { where: `${where}, ${model.where}`, skips: skipMismatch }),
      ]
    },

    optimizerSetters(model, where) {
      const group = root.children.get('optimizer_weights')
      if (group?.kind !== 'group' || !model.optimizer) return []
      const arrays = arraysIn(where, group)
      const vars = isOlder ? legacyState(model, arrays, where) : arrays.map(([, array]) => array)
      const state: WeightTree = { name: null, vars, named: new Map(), children: new Map() }
      // Keras 2 stored no scale of the loss, Keras 3 lists it before the variables of the optimizer in it.
      const isInner = isOlder && scalingOf(model.optimizer) !== null
      const tree = isInner ? { ...state, vars: [], children: new Map([['inner_optimizer', state]]) } : state
      try {
        return optimizerSetters(model, tree, where)
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        // As Keras does with files of this layout: the model predicts, and its weights can be trained.
        console.warn(`${error.message} The optimizer starts anew.`)
        return []
      }
    },
  }
}

const withWeights = (model: StoredModel): readonly Layer[] =>
  model.parts.filter(({ weightVariables }) => weightVariables.length > 0)

type Pair = readonly [layer: Layer, entry: Entry]

/** Layers that the file lacks keep their weights. */
function pairedByName(model: StoredModel, entries: readonly Entry[]): Pair[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  return withWeights(model).flatMap((layer) => {
    const entry = byName.get(layer.name)
    return entry ? [[layer, entry] as const] : []
  })
}

function pairedByOrder(model: StoredModel, entries: readonly Entry[], where: string): Pair[] {
  const layers = withWeights(model)
  const stored = entries.filter(({ arrays }) => arrays.length > 0)
  if (layers.length !== stored.length) {
    failFormat(where, {
      expected: `weights of ${layers.length} layers (${layers.map(({ name }) => name).join(', ')})`,
      got: `of ${stored.length} (${stored.map(({ name }) => name).join(', ')})`,
      remedy: 'Load with { byName: true } to set the layers that bear the same names.',
    })
  }
  return layers.map((layer, i) => [layer, stored[i] as Entry])
}

function checkComplete(model: StoredModel, pairs: readonly Pair[], where: string): void {
  const found = new Set(pairs.map(([layer]) => layer))
  const missing = withWeights(model).find((layer) => !found.has(layer))
  if (missing)
    failFormat(`${where}, ${missing.where}`, { expected: 'weights of the layer', got: 'none in the file' })
}

function settersOf(
  variables: readonly Variable[],
  arrays: readonly StoredArray[],
  { where, skips }: { readonly where: string; readonly skips: boolean },
): Setter[] {
  const isSame = arrays.length === variables.length
  if (skips && !(isSame && variables.every((variable, i) => fits(variable, arrays[i])))) return []
  if (!isSame) {
    failFormat(where, {
      expected: `${variables.length} weights`,
      got: `${arrays.length}, of shapes ${describeValue(arrays.map(({ shape }) => [...shape]))}`,
    })
  }
  return variables.map((variable, i) => storedFor(variable, arrays[i], `${where}, weight "${variable.path}"`))
}
