// Layers and models that are called on data: `await layer(x)`. A layer runs by itself, as a graph of nothing else, which is kept for
// calls that are alike. Loaded with the first such call.

import { describeValue, fail } from '../errors.ts'
import { inputLayer } from '../layers/core/input.ts'
import type { Layer } from '../layers/layer.ts'
import { keepingNames } from '../layers/naming.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { findTopology } from '../layers/topology.ts'
import { withParts } from '../layers/withParts.ts'
import { mapValues } from '../util/mapValues.ts'
import { MAX_RANK } from '../util/nested.ts'
import { isOptions } from '../util/options.ts'
import type { OpenShape, Shape } from '../util/shape.ts'
import { isTensorData, Tensor, toTensor } from '../util/tensor.ts'
import { ModelCore } from './core.ts'
import type { Data } from './data/data.ts'
import type { LayersModel } from './model.ts'
import { predict } from './trainer/predict.ts'
import { Turns } from './turns.ts'

/** How many kinds of calls of one layer are kept, by the shapes of their samples and by their options. */
const KEPT = 16

/** The number of a tensor, in the place that it has in a call's arguments. */
class Place {
  constructor(readonly index: number) {}
}

/** Lists of tensors are several tensors, while lists of numbers are one. */
const isListOfTensors = (value: unknown, depth = 0): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  depth < MAX_RANK &&
  value.every((item) => isTensorData(item) || isListOfTensors(item, depth + 1))

/** Puts something else in each place of what `isPlaced` finds in arguments: by itself, in lists, and in objects. */
function replaced<Found>(
  where: string,
  value: unknown,
  isPlaced: (value: unknown) => value is Found,
  put: (found: Found) => unknown,
  depth = 0,
): unknown {
  if (isPlaced(value)) return put(value)
  if (depth > MAX_RANK)
    fail(where, {
      expected: `arguments at most ${MAX_RANK} deep`,
      got: 'deeper ones, or one that contains itself',
    })
  const within = (inner: unknown): unknown => replaced(where, inner, isPlaced, put, depth + 1)
  if (Array.isArray(value)) return value.map(within)
  return isOptions(value) ? mapValues(value, within) : value
}

/** Arguments as a text, in which those differ that do: JSON has no large integers. */
const keyOf = (given: unknown): string =>
  JSON.stringify(given, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))

const isTensor = (value: unknown): value is object =>
  !isListOfTensors(value) && (Array.isArray(value) || ArrayBuffer.isView(value) || isTensorData(value))
const isPlace = (value: unknown): value is Place => value instanceof Place
const isSymbolic = (value: unknown): value is SymbolicTensor => value instanceof SymbolicTensor

/** A layer alone, as it runs for calls of one kind. */
class LoneLayer {
  /** Whether each output has the batch in front. */
  readonly givesBatches: boolean
  readonly #core: ModelCore
  readonly #turns: Turns
  /** What a call returns, with places of its outputs. */
  readonly #returned: unknown
  /** The shapes of outputs, where these need not have samples in front. */
  readonly #wholes: readonly Shape[] | null

  /** @param isWhole Whether samples are one batch of a known number. */
  constructor({ where }: Layer, inputs: readonly SymbolicTensor[], returned: unknown, isWhole: boolean) {
    const outputs: SymbolicTensor[] = []
    this.#returned = replaced(where, returned, isSymbolic, (output) => new Place(outputs.push(output) - 1))
    this.givesBatches = outputs.every(({ shape }) => shape[0] === null)
    this.#wholes = isWhole ? outputs.map(({ shape }) => shape as Shape) : null
    this.#core = new ModelCore(where, { inputs, outputs, topology: findTopology(where, inputs, outputs) })
    this.#turns = new Turns(this.#core.disposal.signal, () => this.#core.backUp())
  }

  /** What the layer gives for tensors. */
  run(tensors: readonly Tensor[]): Promise<unknown> {
    const core = this.#core
    const [first] = tensors
    return this.#turns.inTurn(async () => {
      await core.load()
      const outputs = await predict(core, tensors.length === 1 ? first : tensors, {
        batchSize: first?.shape[0] ?? 1,
      })
      return replaced(core.where, this.#returned, isPlace, ({ index }) =>
        this.#wholeOf(outputs[index], index),
      )
    })
  }

  /** Of what predict gives, in which a number is a row. */
  #wholeOf(output: unknown, index: number): unknown {
    const shape = this.#wholes?.[index]
    return shape && output instanceof Tensor ? new Tensor(output.data, shape) : output
  }

  /** Frees its memory, once the calls before are done. */
  async release(): Promise<void> {
    await this.#turns.inTurn(async () => undefined)
    this.#core.dispose()
  }
}

/** How the samples of a call are taken: any number of them, always as many as now, which a state needs, or all as one. */
type Batch = 'open' | 'fixed' | 'whole'

/** Models have a graph on the device already, which their other calls share. */
const isModel = (layer: Layer): layer is LayersModel => 'predictOnBatch' in layer

/** What a layer has run as, by what calls are beside their numbers. Of a model it is what the graph has, which `add` replaces. */
const loneLayers = new WeakMap<object, Map<string, LoneLayer>>()

function keptOf(layer: Layer): Map<string, LoneLayer> {
  const owner = isModel(layer) && layer.built ? layer.graph : layer
  const kept = loneLayers.get(owner) ?? new Map<string, LoneLayer>()
  loneLayers.set(owner, kept)
  return kept
}

const isStateful = (layer: Layer): boolean => withParts([layer]).some(({ given }) => given.stateful === true)

/** The layer as it runs for calls with such arguments, in which tensors have their places. */
function loneLayer(
  layer: Layer,
  args: readonly unknown[],
  tensors: readonly Tensor[],
  batch: Batch = isStateful(layer) ? 'fixed' : 'open',
): LoneLayer {
  const shapes = tensors.map(
    ({ shape: [samples = null, ...sample] }): OpenShape => [batch === 'open' ? null : samples, ...sample],
  )
  const kind = keyOf([args, shapes, batch])
  const lone = keptOf(layer).get(kind) ?? connected(layer, args, shapes, batch === 'whole')
  // The first call of a model may have made its graph.
  const kept = keptOf(layer)
  kept.delete(kind)
  kept.set(kind, lone)
  const [oldest] = kept.keys()
  if (kept.size > KEPT && oldest !== undefined) {
    kept.get(oldest)?.release()
    kept.delete(oldest)
  }
  return batch === 'open' && !lone.givesBatches ? loneLayer(layer, args, tensors, 'whole') : lone
}

/** Calls the layer on inputs of these shapes, which is no call of it afterwards. */
function connected(
  layer: Layer,
  args: readonly unknown[],
  shapes: readonly OpenShape[],
  isWhole: boolean,
): LoneLayer {
  // Calls inside it are those of functions that are traced, or of the graph that a Sequential makes with its first call, and stays.
  const { nodes } = layer
  const before = nodes.length
  try {
    return keepingNames(() => {
      const inputs = shapes.map((batchShape, i) => {
        const name = `input ${i + 1} of ${layer.where}`
        return inputLayer({ batchShape, name }).connect([])[0] as SymbolicTensor
      })
      const symbolic = args.map((argument) =>
        replaced(layer.where, argument, isPlace, ({ index }) => inputs[index]),
      )
      return new LoneLayer(layer, inputs, layer.called(symbolic), isWhole)
    })
  } finally {
    nodes.length = before
  }
}

/** Options of a call, in which a layer that says so trains unless it is told not to. */
function withTraining(layer: Layer, beside: readonly unknown[]): readonly unknown[] {
  if (!('trainsOnData' in layer)) return beside
  const options = beside.find(isOptions) ?? {}
  return [{ ...options, training: options.training ?? true }]
}

/** What a layer gives for data: tensors, as the call of the layer arranges its outputs. */
export async function callOnData(layer: Layer, given: readonly unknown[]): Promise<unknown> {
  const [x, ...others] = given
  const beside = withTraining(layer, others)
  const asksNothing = beside.every(
    (argument) => isOptions(argument) && Object.values(argument).every((value) => !value),
  )
  if (isModel(layer) && asksNothing) return layer.predictOnBatch(x as Data)
  if ('readsLists' in layer && Array.isArray(x) && !isListOfTensors(x))
    fail(layer.where, {
      expected: 'a list of tensors',
      got: describeValue(x),
      remedy: 'Write [tensor(a), tensor(b)]: nested arrays are one tensor.',
    })
  const tensors: Tensor[] = []
  const place = (value: object): Place => new Place(tensors.push(toTensor(value, layer.where)) - 1)
  const data = replaced(layer.where, x, isTensor, place)
  if (tensors.length === 0) fail(layer.where, { expected: 'symbolic tensors or data', got: describeValue(x) })
  const args = [data, ...beside.map((argument) => replaced(layer.where, argument, isTensor, place))]
  return loneLayer(layer, args, tensors).run(tensors)
}
