// One call of a layer as it becomes operations: the argument of `lower`.

import type { Graph, Value } from '../graph/graph.ts'
import type { Shape } from '../util/shape.ts'
import type { Layer } from './layer.ts'
import type { OwnOptions, SymbolicTensor } from './symbolicTensor.ts'
import type { Variable } from './weights/variable.ts'

/** The weights and states that a layer's `createWeights` returns, by the layer's names; undefined where an option leaves one out. */
export interface WeightRecord {
  readonly [name: string]: Variable | readonly Variable[] | undefined
}

/** The weights of a layer that has none. */
export type NoWeights = Readonly<Record<string, undefined>>

type TensorOf<V> = V extends Variable ? Value : V extends readonly Variable[] ? readonly Value[] : V

/** A layer's weights and states as tensors of the step. */
export type WeightTensors<Weights> = { readonly [Name in keyof Weights]: TensorOf<Weights[Name]> }

/** A call's own options as `lower` reads them: tensors of the step for symbolic ones. */
export type OptionValues<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends SymbolicTensor | null
    ? Value | Exclude<Options[Name], SymbolicTensor>
    : Options[Name]
}

/** The interface of a step's graph to the layers in it. */
export interface StepLowering {
  readonly graph: Graph
  /** Whether training changes a layer: its flag `trainable` at the time of `compile`. */
  trains(layer: Layer): boolean
  /** What a layer needs to report an id that it has no row for, see ops/ids.ts. */
  reportIds(layer: Layer): {
    /** Samples of the step. */
    readonly batch: number
    /** The order of samples in the data set. */
    readonly permutation: Value
    readonly record: Value
    /** The layer's number among those of the model, from 1. */
    readonly layer: number
  }
  /** The tensor of a weight or state; of a state that was updated in this step, its newest value. */
  variable(variable: Variable): Value
  /** How often a layer was called before in this step, 0 the first time; counts this call. */
  countCall(layer: Layer): number
  /** Sets a state or a statistic; memory has the value at the end of the step. */
  update(variable: Variable, value: Value): void
  /** Adds a number to the loss of the step: a view of it as a loss (lossOf), [1]. */
  addLoss(loss: Value): void
  /** Adds the penalties on outputs of layers to the loss of the step; null in a step without. */
  readonly rules: { regularize(layer: Layer, outputs: readonly MaskedValue[]): void } | null
  /**
   * The tensors of a metric's state, which the step updates; null where the step tells no metrics, undefined where it does not know
   * this one.
   *
   * @param sample The shape of the predictions without the batch.
   */
  metricState(
    metric: object,
    sample: Shape,
    where: string,
  ): Readonly<Record<string, Value>> | null | undefined
  /** Adds a pass over the step's graph, which runs once when the graph has its gradients and updates. */
  finish(pass: (graph: Graph) => void): void
}

/** A tensor with its mask: [batch, time] or the like, 0 where the values of a time step are not valid; null where all are. */
export interface MaskedValue {
  readonly value: Value
  readonly mask: Value | null
}

/** For each of several tensors its mask, or null. */
export type Masks = readonly (Value | null)[]

/** The inputs and arguments of a call. */
export interface CallRequest {
  readonly inputs: readonly Value[]
  /** Initial states; empty where the layer starts from its stored states, or from zeros. */
  readonly states?: readonly Value[]
  /** Options of the layer's own class, with tensors of the step for symbolic ones. */
  readonly options?: OwnOptions
  /** The masks that come with the inputs. */
  readonly attached?: Masks
  /** The masks that the call gives beside its inputs, which count instead of those. */
  readonly given?: Masks | undefined
  /** Whether the layer runs as in training. */
  readonly training: boolean
}

/** One call of a layer. `Weights` is what the layer's `createWeights` returns, `Options` are the options of its calls alone. */
export class LayerCall<Weights extends WeightRecord = WeightRecord, Options = OwnOptions>
  implements CallRequest
{
  /** Takes the layer's operations, under the layer's dtype policy. */
  readonly graph: Graph
  readonly inputs: readonly [Value, ...Value[]]
  readonly states: readonly Value[]
  readonly options: OptionValues<Options>
  /** For each input [batch, time, …] the mask by which the layer computes, [batch, time]: not zero where a time step is valid. */
  readonly masks: Masks
  readonly training: boolean
  /** How often the layer was called before in this step, 0 the first time: each call draws anew. */
  readonly repetition: number
  readonly weights: WeightTensors<Weights>
  /** Calls a layer inside this one. */
  readonly step: StepLowering
  readonly #variables: Weights

  constructor(layer: Layer, step: StepLowering, variables: Weights, request: CallRequest) {
    this.graph = step.graph.withMixed(layer.dtypePolicy === 'mixed_float16')
    this.inputs = request.inputs as readonly [Value, ...Value[]]
    this.states = request.states ?? []
    // As in Keras the masks of inputs are no argument of a call that has further tensors: states.
    const implied = this.states.length > 0 ? [] : request.attached
    this.masks = request.inputs.map((_, i) => request.given?.[i] ?? implied?.[i] ?? null)
    this.options = (request.options ?? {}) as OptionValues<Options>
    this.training = request.training
    this.repetition = step.countCall(layer)
    this.step = step
    this.#variables = variables
    this.weights = tensorsOf(step, variables)
  }

  /** Sets a state or a statistic to a value that is in memory at the end of the step; of several, one by one. */
  update<Name extends keyof Weights>(name: Name, value: NonNullable<WeightTensors<Weights>[Name]>): void {
    const values: readonly Value[] = [value].flat()
    variablesOf(this.#variables[name]).forEach((variable, index) => {
      this.step.update(variable, values[index] as Value)
    })
  }
}

const isSingle = (entry: WeightRecord[string]): entry is Variable => entry !== undefined && 'path' in entry

const variablesOf = (entry: WeightRecord[string]): readonly Variable[] =>
  isSingle(entry) ? [entry] : (entry ?? [])

function tensorsOf<Weights extends WeightRecord>(
  step: StepLowering,
  variables: Weights,
): WeightTensors<Weights> {
  const tensors = Object.entries(variables).map(([name, entry]) => {
    const values = variablesOf(entry).map((variable) => step.variable(variable))
    return [name, isSingle(entry) ? values[0] : entry && values]
  })
  return Object.fromEntries(tensors) as WeightTensors<Weights>
}
