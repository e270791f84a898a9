// Weights of files that name them, as those of TensorFlow.js and safetensors do, set on a model.
//
// Names are the paths that Keras gives weights, with more or fewer of their parts: the model's name is missing, that of a cell, which
// is numbered differently each time, or that of a layer inside another. A weight is found by its path or by the longest part of it:
//
//   sequential/bidirectional/forward_lstm/lstm_cell/kernel   bidirectional/forward_lstm/kernel   time_distributed/kernel

import { describeValue } from '../errors.ts'
import { isWeight, type Variable } from '../layers/weights/variable.ts'
import type { StoredModel } from '../models/storedModel.ts'
import { failFormat } from './formatError.ts'
import type { StoredWeights } from './modelFile.ts'
import { fits, type Setter, storedFor } from './setWeights.ts'
import type { StoredArray } from './storedArray.ts'

const CELL = /(^|_)cell(_\d+)?$|^RNNCell_\d+$|^stacked_rnn_cells(_\d+)?$/

/** Generators of random numbers, which have no weights here. */
const isSeed = (name: string): boolean => name.endsWith('seed_generator_state')

/** The parts of a name without those of cells. */
const partsOf = (name: string): string[] =>
  name
    .replace(/:0$/, '')
    .split('/')
    .filter((part) => !CELL.test(part))

/** Parts of a weight's path that may name it, the longest first: some that follow each other, and the weight's own name. */
function* namesOf(path: string): Generator<string> {
  const parts = partsOf(path)
  const own = parts.pop() ?? ''
  for (let length = parts.length; length > 0; length--)
    for (let first = 0; first + length <= parts.length; first++)
      for (const name of own === 'kernel' ? [own, 'depthwise_kernel'] : [own])
        yield [...parts.slice(first, first + length), name].join('/')
}

export const namedWeights = (stored: ReadonlyMap<string, StoredArray>): StoredWeights => ({
  setters(model, where, { byName = false, skipMismatch = false } = {}) {
    const variables = model.graph.variables.filter(isWeight)
    const { found, left } = matched(variables, stored)
    if (!byName && !skipMismatch) {
      const missing = variables.find((variable) => !found.has(variable))
      if (missing) failForNames(`${where}, weight "${missing.path}"`, 'a weight of this name', left, model)
      if (left.length > 0) failForNames(where, 'weights of this model', left, model)
    }
    const layers = new Set<string>()
    if (skipMismatch)
      for (const variable of variables)
        if (!fits(variable, found.get(variable))) layers.add(layerOf(variable))
    return variables.flatMap((variable): Setter[] => {
      const weight = found.get(variable)
      if (layers.has(layerOf(variable)) || (byName && weight === undefined)) return []
      return [storedFor(variable, weight, `${where}, weight "${variable.path}"`)]
    })
  },
  optimizerSetters: () => [],
})

/** The path of the layer that has a weight. */
const layerOf = ({ path }: Variable): string => path.slice(0, path.lastIndexOf('/'))

function failForNames(where: string, expected: string, left: readonly string[], model: StoredModel): never {
  return failFormat(where, {
    expected,
    got: left.length > 0 ? describeValue(left.length > 3 ? [...left.slice(0, 3), '…'] : left) : 'none',
    remedy: `Give the layers of ${model.where} the names that they have in the file, or load with { byName: true } what is named alike.`,
  })
}

/** Which weight of a file is that of which variable, and the names of those that are no variable's. */
function matched(variables: readonly Variable[], stored: ReadonlyMap<string, StoredArray>) {
  const named = [...stored.keys()]
    .filter((name) => !isSeed(name))
    .map((name) => ({ name, parts: partsOf(name) }))
  const byParts = new Map<string, string[]>()
  for (const { name, parts } of named) {
    // The first part may be the name of the model that wrote them.
    for (const some of parts.length > 2 ? [parts, parts.slice(1)] : [parts]) {
      const key = some.join('/')
      const others = byParts.get(key)
      if (others) others.push(name)
      else byParts.set(key, [name])
    }
  }
  const found = new Map<Variable, StoredArray>()
  const used = new Set<string>()
  const take = (variable: Variable, name: string): void => {
    used.add(name)
    found.set(variable, stored.get(name) as StoredArray)
  }
  for (const variable of variables) if (stored.has(variable.path)) take(variable, variable.path)
  for (const variable of variables) {
    if (found.has(variable)) continue
    for (const key of namesOf(variable.path)) {
      // Cells of one layer are told from each other by their order.
      const name = byParts.get(key)?.find((name) => !used.has(name))
      if (name === undefined) continue
      take(variable, name)
      break
    }
  }
  return { found, left: named.map(({ name }) => name).filter((name) => !used.has(name)) }
}
