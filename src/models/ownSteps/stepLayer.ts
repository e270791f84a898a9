// What a step does that no function of `ops` is, as a call in the graph that the step is traced to: calls run in the order of the code.

import { impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../../layers/call.ts'
import { DirectLayer } from '../../layers/directLayer.ts'
import type { LayerDefinition } from '../../layers/layer.ts'
import { layerOptions } from '../../layers/options.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import type { OpenShape } from '../../util/shape.ts'

/** Adds what the call does to a step; returns its results. */
type Lower = (inputs: readonly MaskedValue[], step: StepLowering) => readonly Value[]

class StepLayer extends DirectLayer {
  readonly #where: string
  readonly #shapes: readonly OpenShape[]
  readonly #run: Lower

  constructor(where: string, shapes: readonly OpenShape[], run: Lower) {
    // With a name of its own it takes none of those that Keras counts.
    super(definition, { name: 'step' })
    this.#where = where
    this.#shapes = shapes
    this.#run = run
  }

  override get where(): string {
    return this.#where
  }

  /** As operations of `ops` it is no part of the model. */
  override get module(): string {
    return 'keras.src.ops'
  }

  override get losesMask(): boolean {
    return false
  }

  override outputShapes(): readonly OpenShape[] {
    return this.#shapes
  }

  protected override lowerCall(
    step: StepLowering,
    { inputs, attached = [] }: CallRequest,
  ): readonly MaskedValue[] {
    const given = inputs.map((value, i) => ({ value, mask: attached[i] ?? null }))
    return this.#run(given, step).map((value) => ({ value, mask: null }))
  }
}

const definition: LayerDefinition = {
  className: 'step',
  table: layerOptions,
  create: () => impossible('what a step does is made in its trace alone'),
}

/** Calls something that a step does; its results have these shapes. */
export const stepCall = (
  where: string,
  inputs: readonly SymbolicTensor[],
  shapes: readonly OpenShape[],
  run: Lower,
): readonly SymbolicTensor[] => new StepLayer(where, shapes, run).connect(inputs)
