// Writes the weights of a model, and its optimizer's state, as Keras's model.weights.h5.

import { Layer, type WeightGroup } from '../layers/layer.ts'
import { snakeCase } from '../layers/naming.ts'
import type { LookupLayer } from '../layers/preprocessing/lookupLayer.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { pullValues } from '../layers/weights/variableValues.ts'
import type { StoredModel } from '../models/storedModel.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { scalingOf } from '../training/scaling.ts'
import type { WrittenDataset, WrittenGroup } from './hdf5/tree.ts'
import { childrenOf, groupsWithin, isLookup, ownVariables } from './modelWeights.ts'

type Children = Map<string, WrittenGroup | WrittenDataset>

/** The array of a variable. */
export const datasetOf = ({ value, shape, isInteger = false }: Variable): WrittenDataset =>
  isInteger
    ? { dtype: 'int32', shape, data: Int32Array.from(value) }
    : { dtype: 'float32', shape, data: value }

const vars = (
  name: string,
  datasets: readonly WrittenDataset[],
  named: Readonly<Record<string, WrittenDataset>> = {},
): WrittenGroup => ({
  attributes: { name },
  children: new Map([...datasets.map((dataset, i) => [`${i}`, dataset] as const), ...Object.entries(named)]),
})

/** Whether a layer learned its vocabulary, which is then no part of its config. */
const hasLearned = (group: WeightGroup): group is LookupLayer =>
  isLookup(group) && group.lookup.vocabulary === null && group.tokens.isKnown

/** What Keras stores of a layer by names of its own. */
function namedOf(group: WeightGroup): Readonly<Record<string, WrittenDataset>> {
  const data = hasLearned(group) ? group.tokens.idfWeights : null
  return data ? { idf_weights: { dtype: 'float32', shape: [data.length], data } } : {}
}

/** The vocabularies that layers learned, a token a line, by their paths in the file's `assets`. */
export const vocabulariesOf = (model: WeightGroup): (readonly [path: string, text: string])[] =>
  [...groupsWithin(model)].flatMap(([group, path]) =>
    hasLearned(group)
      ? [[[...path, 'vocabulary.txt'].join('/'), group.getVocabulary().join('\n')] as const]
      : [],
  )

/** The group of a layer; one that was met before is in the file already. */
function groupOf(group: WeightGroup, seen: Set<WeightGroup>): WrittenGroup | null {
  if (seen.has(group)) return null
  seen.add(group)
  const children: Children = new Map()
  const own = ownVariables(group)
  // The cell of a recurrent layer is no layer of its own here, and has the name that its variables' paths have.
  const name = group.name ?? own[0]?.path.split('/').at(-2)
  if (name !== undefined) children.set('vars', vars(name, own.map(datasetOf), namedOf(group)))
  for (const [name, child] of childrenOf(group)) {
    // Keras's operations are no layers.
    if (child instanceof Layer && child.module.startsWith('keras.src.ops')) continue
    const inner = groupOf(child, seen)
    if (inner && inner.children.size > 0) children.set(name, inner)
  }
  return { children }
}

const scalar = (dtype: 'int32' | 'float32', value: number): WrittenDataset => ({
  dtype,
  shape: [],
  data: dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value),
})

/** The name of an optimizer, with which Keras begins the paths of its variables. */
const nameOf = (optimizer: Optimizer): string =>
  String(optimizer.config.name ?? snakeCase(optimizer.className))

/**
 * The variables of an optimizer in Keras's order, with Keras's paths of them.
 *
 * @param isInner Whether another optimizer scales the loss for it: Keras then stores none that it made itself and not for a weight.
 */
export function optimizerVariables(
  optimizer: Optimizer,
  isInner = false,
): readonly (readonly [path: string, dataset: WrittenDataset])[] {
  const at = (name: string): string => `${nameOf(optimizer)}/${name}`
  const iterations = (steps: number) => [at('iteration'), scalar('int32', steps)] as const
  const learningRate = (rate: number) => [at('learning_rate'), scalar('float32', rate)] as const
  const scaling = scalingOf(optimizer)
  if (scaling) {
    const [scale = 1, steps = 0] = scaling.lossScale.value
    // What every optimizer of Keras has, and this one leaves to the inner one.
    const unused = [iterations(0), learningRate(0)]
    const own = [
      [at('step_counter'), scalar('int32', steps)] as const,
      [at('dynamic_scale'), scalar('float32', scale)] as const,
    ]
    return [...unused, ...(optimizer.built ? own : []), ...optimizerVariables(scaling.innerOptimizer, true)]
  }
  const rate = optimizer.hasSchedule ? [] : [learningRate(optimizer.learningRate)]
  const own = [iterations(optimizer.steps), ...rate]
  // An optimizer that has trained nothing has no slots yet.
  if (!optimizer.built) return own
  const { stored, isPlaceholder } = optimizer.rule
  const slots = optimizer.variables.flatMap((slot) => {
    const isNumber = isPlaceholder?.(slot)
    if (isNumber && isInner) return []
    return [[at(slot.path.replaceAll('/', '_')), isNumber ? scalar('int32', 0) : datasetOf(slot)] as const]
  })
  const last = stored && !isInner ? [['variable', scalar('float32', stored(optimizer.steps))] as const] : []
  return [...own, ...slots, ...last]
}

function optimizerGroup(optimizer: Optimizer, isInner = false): WrittenGroup {
  const datasets = optimizerVariables(optimizer, isInner).map(([, dataset]) => dataset)
  const children: Children = new Map([['vars', vars(nameOf(optimizer), datasets)]])
  const scaling = scalingOf(optimizer)
  if (scaling) children.set('inner_optimizer', optimizerGroup(scaling.innerOptimizer, true))
  return { children }
}

/** What is in the group that a path leads to, but for its last name; groups on the way are made. */
function within({ children }: WrittenGroup, [name = '', ...inner]: readonly string[]): Children {
  const own = children as Children
  if (inner.length === 0) return own
  const group = (own.get(name) as WrittenGroup | undefined) ?? { children: new Map() }
  own.set(name, group)
  return within(group, inner)
}

/**
 * The groups of a model's file, with the newest values.
 *
 * @param trains Whether the optimizer's state is among them.
 */
export async function weightsOf(model: StoredModel, trains: boolean): Promise<WrittenGroup> {
  const ofCompile = model.optimizer && { path: ['optimizer'], optimizer: model.optimizer }
  const held = trains && ofCompile ? [ofCompile, ...model.heldOptimizers] : []
  await pullValues([...model.graph.variables, ...held.flatMap(({ optimizer: { variables } }) => variables)])
  const group = groupOf(model, new Set()) as WrittenGroup
  for (const { path, optimizer } of held)
    within(group, path).set(path.at(-1) ?? '', optimizerGroup(optimizer))
  return group
}
