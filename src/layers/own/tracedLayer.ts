// Layers whose calls are traced: what they compute is the graph of their method `call`.

import { sumAsLoss } from '../../ops/lossOf.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { CallRequest, MaskedValue, NoWeights, StepLowering } from '../call.ts'
import { DirectLayer } from '../directLayer.ts'
import { groupsOfFields, layersInFields } from '../fieldLayers.ts'
import { type Reading, readingOf } from '../integers.ts'
import type { Layer, LayerTable, WeightGroup } from '../layer.ts'
import { lowerGraph } from '../layerGraph.ts'
import type { MaskAxes } from '../masks.ts'
import type { OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import { DrawnVariable } from '../weights/variable.ts'
import { withParts } from '../withParts.ts'
import { type Arrangement, argumentsOf, type Structure } from './arrangement.ts'
import type { Placeholder } from './trace.ts'
import {
  type Additions,
  flatInputs,
  markNamedInputs,
  type Results,
  resultsOf,
  structureOf,
  type TracedCall,
  traceCall,
} from './tracedCall.ts'

/** What `call` may return. */
export type CallResult = SymbolicTensor | readonly CallResult[] | { readonly [name: string]: CallResult }

/** Puts a layer with its parts at another path. */
export function move(layer: Layer, from: string, to: string): void {
  const moved = (path: string): string => (path.startsWith(`${from}/`) ? to + path.slice(from.length) : path)
  for (const each of withParts([layer])) {
    for (const variable of each.variables)
      if (variable instanceof DrawnVariable) variable.path = moved(variable.path)
    each.scope = each.scope === from ? to : moved(each.scope)
    each.path = each.path === from ? to : moved(each.path)
  }
}

/** A layer whose call is traced. */
export abstract class TracedLayer<Table extends LayerTable> extends DirectLayer<Table> {
  /** @internal How calls return their results. */
  arrangement: Arrangement = null
  #addsLosses = false
  /** Options of the last call, by which a summary asks for shapes. */
  #options: OwnOptions = {}
  /** How each input is read, as the last trace of shapes has shown. */
  #readings: readonly Reading[] = []
  /** Whether a layer around this one asked for shapes before it said where it is, and weights were made for them. */
  #awaitsPath = false

  /** Whether masks of inputs go on to outputs as `computeMask` says. */
  abstract supportsMasking: boolean
  abstract call(...args: readonly never[]): unknown

  /** The mask of the outputs, by default that of the inputs; asked for where `supportsMasking` is true. */
  override computeMask(
    _inputs: SymbolicTensor | readonly SymbolicTensor[],
    mask: SymbolicTensor | null | readonly (SymbolicTensor | null)[],
  ): SymbolicTensor | null | readonly (SymbolicTensor | null)[] {
    return mask
  }

  /** @internal The tensors in what `call` returned for inputs of these shapes; throws where it returned something else. */
  resultsOf(returned: unknown, where: string, _inputs: readonly OpenShape[]): Results {
    return resultsOf(returned, where)
  }

  /** @internal How a call's tensors are its arguments. */
  structureOf(options: OwnOptions, count: number): Structure {
    return structureOf(options, count)
  }

  /** @internal Runs hooks of a call that adds to a step. */
  abstract collecting<T>(additions: Additions, run: () => T): T

  /** @internal */
  override get inputCount(): number {
    return Number.POSITIVE_INFINITY
  }

  /** @internal */
  override get takesMask(): boolean {
    return true
  }

  /** @internal */
  override get losesMask(): boolean {
    return !this.supportsMasking
  }

  /** @internal */
  override get parts(): readonly Layer[] {
    return layersInFields(this)
  }

  /** @internal */
  override get children(): Readonly<Record<string, WeightGroup>> {
    return groupsOfFields(this)
  }

  /** @internal */
  override get addsOwnLosses(): boolean {
    return this.#addsLosses || super.addsOwnLosses
  }

  /** @internal */
  override called(args: readonly unknown[]): unknown {
    return super.called(markNamedInputs(args))
  }

  /** @internal */
  override readInputs(
    args: readonly unknown[],
    options: OwnOptions,
  ): readonly [inputs: unknown, options: OwnOptions] {
    return flatInputs(args, options)
  }

  /** @internal The arguments by place of a call: tensors and lists of them. */
  placedInputs(inputs: readonly SymbolicTensor[], options: OwnOptions): readonly unknown[] {
    return argumentsOf(inputs, this.structureOf(options, inputs.length))
  }

  /** @internal */
  override arranged(outputs: readonly unknown[]): unknown {
    return argumentsOf(outputs, [this.arrangement])[0]
  }

  /** @internal */
  protected override createWeights(...inputs: readonly OpenShape[]): NoWeights {
    // Weights that the constructor added have no path yet.
    for (const variable of this.variables)
      if (variable instanceof DrawnVariable) variable.path = `${this.path}${variable.path}`
    // Layers in fields may be built in the hook, and others may be made in it.
    const before = this.parts
    for (const part of before) part.scope = this.path
    this.build(inputs.length === 1 ? (inputs[0] as OpenShape) : inputs)
    for (const part of this.parts) {
      if (part.path === part.name && !before.includes(part))
        move(part, part.path, `${this.path}/${part.name}`)
      part.scope = this.path
    }
    return {}
  }

  /** @internal */
  override ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    if (scope !== '' && this.#awaitsPath) move(this, this.path, `${scope}/${this.name}`)
    else super.ensureBuilt(scope, inputs)
    this.#awaitsPath = false
  }

  /** Makes the weights for shapes that are asked for, which only a call has. */
  #buildFor(inputs: readonly OpenShape[]): void {
    if (this.built) return
    this.ensureBuilt('', inputs)
    this.#awaitsPath = true
  }

  /** @internal */
  override connect(...[inputs, call = {}]: Parameters<Layer['connect']>): readonly SymbolicTensor[] {
    this.#options = call.options ?? {}
    // Shapes of outputs come from a call, which needs the weights.
    this.ensureBuilt(
      call.scope ?? '',
      inputs.map(({ shape }) => shape),
    )
    return super.connect(inputs, call)
  }

  /** @internal */
  override outputShapes(
    inputs: readonly OpenShape[],
    _source?: Layer,
    options: OwnOptions = this.#options,
    masks: MaskAxes = [],
  ): readonly OpenShape[] {
    this.#buildFor(inputs)
    const { graph, results, losses, arrangement } = this.#trace(
      inputs.map((shape, i) => ({ shape, maskAxes: masks[i] })),
      options,
      true,
    )
    this.arrangement = arrangement
    this.#addsLosses ||= losses > 0
    this.#readings = graph.inputs.map((input) => readingOf(graph, input))
    return graph.outputs.slice(0, results).map(({ shape }) => shape)
  }

  /** @internal How an input is read, once it is connected. */
  readingOf(index: number): Reading {
    return this.#readings[index] ?? 'floats'
  }

  /** @internal */
  override outputMasks(
    masks: readonly number[],
    inputs: readonly OpenShape[],
    options: OwnOptions = {},
  ): MaskAxes {
    if (!masks.some(Boolean) && !this.supportsMasking) return []
    const placeholders = inputs.map((shape, i) => ({ shape, maskAxes: masks[i] }))
    const traced = this.#trace(placeholders, options, true)
    const { outputs } = traced.graph
    // A layer inside may have given its output a mask of its own.
    return traced.masks.map((mask, i) => outputs[i]?.maskAxes ?? outputs[mask ?? -1]?.shape.length)
  }

  /** @internal */
  protected override lowerCall(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    const { inputs, options = {}, training } = request
    const masks = inputs.map((_, i) => request.given?.[i] ?? request.attached?.[i] ?? null)
    const placeholders = inputs.map(({ shape }, i) => ({ shape, maskAxes: masks[i]?.shape.length }))
    const traced = this.#trace(placeholders, options, training)
    const given = [
      ...inputs.map((value, i) => ({ value, mask: masks[i] ?? null })),
      ...masks.flatMap((mask) => (mask ? { value: mask, mask: null } : [])),
    ]
    return this.lowerTraced(step, traced, given, training)
  }

  /** @internal Makes a call that was traced a part of a step; a graph may be so several times. */
  lowerTraced(
    step: StepLowering,
    { graph, results, losses, masks }: TracedCall,
    given: readonly MaskedValue[],
    training: boolean,
  ): readonly MaskedValue[] {
    const outputs = lowerGraph(graph, step, given, training)
    for (const { value } of outputs.slice(results, results + losses))
      step.addLoss(sumAsLoss(step.graph, value))
    return masks.map((computed, i) => {
      const { value, mask } = outputs[i] as MaskedValue
      return { value, mask: mask ?? outputs[computed ?? -1]?.value ?? null }
    })
  }

  #trace(placeholders: readonly Placeholder[], options: OwnOptions, training: boolean): TracedCall {
    const structure = this.structureOf(options, placeholders.length)
    const own = Object.entries(options).filter(([name]) => Object.hasOwn(this.callOptions, name))
    return traceCall(this, placeholders, structure, training, Object.fromEntries(own))
  }
}
