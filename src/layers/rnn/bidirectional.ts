// A recurrent layer twice, from the first time step on and from the last one back. The two outputs are put side by side
// (concat), added, multiplied, averaged, or both returned (null).

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { affine } from '../../ops/affine.ts'
import { splitColumns } from '../../ops/columnPairs.ts'
import { concat } from '../../ops/columns.ts'
import { add, binary } from '../../ops/elementwise.ts'
import { mergeDirections } from '../../ops/mergeDirections.ts'
import { reverse } from '../../ops/reverse.ts'
import type { ConstructorStatics } from '../../util/constructorOf.ts'
import { oneOf, option, orNull, required, type TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import type { CallRequest, LayerCall, NoWeights } from '../call.ts'
import { type CallableLayer, defineLayer, layerOf, writeLayer } from '../callable.ts'
import { type GivenOptions, Layer, type LayerDefinition, type WeightGroup } from '../layer.ts'
import { absent, type LayerOptions, layerOptions, nullable } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { halfOf, lowerBothWays } from './bothWays.ts'

const MERGE_MODES = ['concat', 'sum', 'mul', 'ave'] as const
export type MergeMode = (typeof MERGE_MODES)[number] | null

const FUNCTIONS = { sum: 'add', mul: 'multiply', ave: 'average' } as const

export interface BidirectionalOptions<Mode extends MergeMode = MergeMode> extends LayerOptions {
  /** How the two outputs are merged: `'concat'`, the default, `'sum'`, `'mul'`, `'ave'`, or `null` for both, in a list. */
  readonly mergeMode?: Mode
  /** A separate layer for the backward direction, with `goBackwards: true`; `null`, the default, makes it from the layer. */
  readonly backwardLayer?: Layer | null
}

interface BidirectionalArguments<Inner extends Layer = Layer, Mode extends MergeMode = MergeMode>
  extends BidirectionalOptions<Mode> {
  /** A recurrent layer; both directions are made anew from its options. */
  readonly layer: Inner
}

const table = {
  ...layerOptions,
  layer: required<Layer>((where, _name, value) => layerOf(value, where), writeLayer),
  mergeMode: option<MergeMode>('concat', orNull(oneOf(MERGE_MODES))),
  backwardLayer: nullable<Layer>((where, _name, value) => layerOf(value, where), writeLayer),
  weights: absent,
} as const satisfies TableFor<BidirectionalArguments>

const optionOf = (layer: Layer, name: string): unknown => Reflect.get(layer.config, name)

/** Options of a recurrent layer that the two directions must share. */
const SHARED = ['returnSequences', 'returnState', 'stateful'] as const

/** @internal */
export class BidirectionalLayer extends Layer<typeof table, NoWeights> {
  readonly forwardLayer: Layer
  readonly backwardLayer: Layer

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions) {
    super(definition, given)
    const { layer, backwardLayer } = this.config
    if (!layer.takesStates)
      fail(this.where, { expected: 'a recurrent layer, such as LSTM(8)', got: layer.where })
    // As in Keras both are made anew, so that the given layer never belongs to two.
    const bare = layer.name.replace(/^(forward|backward)_/, '')
    this.forwardLayer = layer.clone({ name: `forward_${bare}` })
    this.backwardLayer =
      backwardLayer ?? layer.clone({ name: `backward_${bare}`, goBackwards: !optionOf(layer, 'goBackwards') })
    this.checkDirections()
    for (const part of this.parts) {
      if ('zeroesMasked' in part && optionOf(part, 'returnSequences')) part.zeroesMasked = true
    }
  }

  private checkDirections(): void {
    const { forwardLayer: forward, backwardLayer: backward } = this
    if (optionOf(forward, 'goBackwards') === optionOf(backward, 'goBackwards')) {
      fail(this.where, {
        expected: 'a backwardLayer that runs the other way',
        got: `goBackwards: ${describeValue(optionOf(backward, 'goBackwards'))} on both`,
        remedy: 'Set goBackwards: true on the backwardLayer.',
      })
    }
    for (const name of SHARED) {
      const [expected, got] = [optionOf(forward, name), optionOf(backward, name)]
      if (expected !== got)
        fail(this.where, { expected: `${name}: ${expected} on the backwardLayer too`, got: String(got) })
    }
  }

  /** The config as Keras writes it: both layers, each with its own name. */
  override getConfig(): Record<string, unknown> {
    const [layer, backwardLayer] = this.parts.map(writeLayer)
    return { ...super.getConfig(), layer, backwardLayer }
  }

  override get takesStates(): boolean {
    return true
  }

  override get takesMask(): boolean {
    return true
  }

  override get losesMask(): boolean {
    return optionOf(this.forwardLayer, 'returnSequences') === true
  }

  override get parts(): readonly Layer[] {
    return [this.forwardLayer, this.backwardLayer]
  }

  override get children(): Readonly<Record<string, WeightGroup>> {
    return { forward_layer: this.forwardLayer, backward_layer: this.backwardLayer }
  }

  override outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[] {
    const [forward = [], ...states] = this.forwardLayer.outputShapes(inputs, source)
    const [backward = [], ...backwardStates] = this.backwardLayer.outputShapes(inputs)
    const { mergeMode } = this.config
    if (mergeMode !== 'concat' && !sameShape(forward, backward)) {
      const expected = `directions of one shape for mergeMode ${describeValue(mergeMode)}`
      fail(this.where, { expected, got: `${showShape(forward)} and ${showShape(backward)}` })
    }
    const width = (forward.at(-1) ?? 0) + (backward.at(-1) ?? 0)
    const merged = mergeMode === 'concat' ? [[...forward.slice(0, -1), width]] : [forward]
    return [...(mergeMode === null ? [forward, backward] : merged), ...states, ...backwardStates]
  }

  protected override checkStates(states: readonly OpenShape[]): void {
    const { forwardLayer } = this
    const names = forwardLayer.stateNames.join(', ')
    if (states.length !== 2 * forwardLayer.stateNames.length) {
      fail(this.where, {
        expected: `initialState as [${names}] of the forward layer, then [${names}] of the backward one`,
        got: states.map(showShape).join(' and '),
      })
    }
  }

  protected override createWeights(...inputs: readonly OpenShape[]): NoWeights {
    for (const part of this.parts) part.ensureBuilt(this.path, inputs)
    return {}
  }

  protected override lower(call: LayerCall<NoWeights>): readonly Value[] {
    const { graph, step, states, masks } = call
    const { mergeMode } = this.config
    const half = states.length / 2
    const [forwardCall, backwardCall] = [
      { ...call, given: masks, states: states.slice(0, half) },
      { ...call, given: masks, states: states.slice(half) },
    ]
    const together = lowerBothWays(step, [this.forwardLayer, forwardCall], [this.backwardLayer, backwardCall])
    if (!together) return this.#lowerApart(call, forwardCall, backwardCall)
    const { sequence, output: state, forward, backward } = together
    const kept = optionOf(this.forwardLayer, 'returnState') ? [...forward, ...backward] : []
    // Sequences are in the order of their inputs; outputs come in the order of the forward layer.
    const isTurned = optionOf(this.forwardLayer, 'goBackwards') === true
    const output = optionOf(this.forwardLayer, 'returnSequences')
      ? isTurned
        ? reverse(graph, { x: sequence }, { axis: 1 }).y
        : sequence
      : state
    if (mergeMode === 'concat') return [output, ...kept]
    if (mergeMode !== null)
      return [mergeDirections(graph, { x: output }, { fn: FUNCTIONS[mergeMode] }).y, ...kept]
    const { a, b } = splitColumns(graph, { x: output }, { first: halfOf(output) })
    return [a, b, ...kept]
  }

  /** Runs each direction as a separate recurrence. */
  #lowerApart(
    { graph, step }: LayerCall<NoWeights>,
    forwardCall: CallRequest,
    backwardCall: CallRequest,
  ): readonly Value[] {
    const lower = (layer: Layer, request: CallRequest): readonly Value[] =>
      layer.lowerIn(step, request).map(({ value }) => value)
    const [forward, ...forwardStates] = lower(this.forwardLayer, forwardCall)
    const [processed, ...backwardStates] = lower(this.backwardLayer, backwardCall)
    if (!forward || !processed) impossible(`${this.where} has no output`)
    // The backward direction returns sequences in its order of processing, so that they are reversed to the input's order.
    const backward = optionOf(this.backwardLayer, 'returnSequences')
      ? reverse(graph, { x: processed }, { axis: 1 }).y
      : processed
    return [...this.#merge(graph, forward, backward), ...forwardStates, ...backwardStates]
  }

  #merge(graph: Graph, forward: Value, backward: Value): readonly Value[] {
    switch (this.config.mergeMode) {
      case null:
        return [forward, backward]
      case 'sum':
        return [add(graph, forward, backward)]
      case 'mul':
        return [binary(graph, { a: forward, b: backward }, { fn: 'multiply' }).y]
      case 'ave':
        return [affine(graph, { x: add(graph, forward, backward) }, { scale: 0.5 }).y]
      default:
        return [concat(graph, { a: forward, b: backward }, {}).y]
    }
  }
}

const definition = defineLayer({
  className: 'Bidirectional',
  table,
  positional: ['layer'],
  create: (self, given) => new BidirectionalLayer(self, given),
})

/** One tensor, or a list where both directions or states are returned. */
export type BidirectionalOutput<Inner, Mode extends MergeMode> = Inner extends (
  ...args: never
) => SymbolicTensor
  ? [Mode] extends [null]
    ? readonly [SymbolicTensor, SymbolicTensor]
    : SymbolicTensor
  : readonly [
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
      ...SymbolicTensor[],
    ]

interface BidirectionalConstructor extends ConstructorStatics<CallableLayer> {
  <Inner extends Layer, const Mode extends MergeMode = 'concat'>(
    options: BidirectionalArguments<Inner, Mode>,
  ): CallableLayer<BidirectionalOutput<Inner, Mode>>
  <Inner extends Layer, const Mode extends MergeMode = 'concat'>(
    layer: Inner,
    options?: BidirectionalOptions<Mode>,
  ): CallableLayer<BidirectionalOutput<Inner, Mode>>
  new <Inner extends Layer, const Mode extends MergeMode = 'concat'>(
    options: BidirectionalArguments<Inner, Mode>,
  ): CallableLayer<BidirectionalOutput<Inner, Mode>>
  new <Inner extends Layer, const Mode extends MergeMode = 'concat'>(
    layer: Inner,
    options?: BidirectionalOptions<Mode>,
  ): CallableLayer<BidirectionalOutput<Inner, Mode>>
}

/**
 * Runs a recurrent layer in both directions: `[batch, timesteps, features]` → `[batch, 2·units]`, or with
 * `returnSequences` `[batch, timesteps, 2·units]`.
 *
 * @param layer A recurrent layer; both directions are made anew from its options.
 * @see keras/src/layers/rnn/bidirectional.py
 */
export const Bidirectional: BidirectionalConstructor = definition.make
export type Bidirectional = ReturnType<typeof Bidirectional>
