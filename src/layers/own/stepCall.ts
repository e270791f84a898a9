// What a function that is traced does that no function of `ops` is, as a call in its graph: calls run in the order of the code.

import { impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import type { LayerDefinition } from '../layer.ts'
import { layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { CodeLayer } from './codeLayer.ts'
import { keepEffect } from './tracing.ts'

/** Adds what the call does to a step; returns its results. */
type Lower = (inputs: readonly MaskedValue[], step: StepLowering) => readonly Value[]

class StepLayer extends CodeLayer {
  readonly #shapes: readonly OpenShape[]
  readonly #run: Lower

  constructor(where: string, shapes: readonly OpenShape[], run: Lower) {
    super(where, definition, 'step')
    this.#shapes = shapes
    this.#run = run
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

/** Calls something that a step does for its results, which have these shapes. */
export const stepCall = (
  where: string,
  inputs: readonly SymbolicTensor[],
  shapes: readonly OpenShape[],
  run: Lower,
): readonly SymbolicTensor[] => new StepLayer(where, shapes, run).connect(inputs)

/** Calls something that a step does for its effect. */
export function stepEffect(
  where: string,
  inputs: readonly SymbolicTensor[],
  run: (inputs: readonly MaskedValue[], step: StepLowering) => void,
): void {
  // Every call has a result: here what it is called on first.
  const shapes = inputs.slice(0, 1).map(({ shape }) => shape)
  const results = stepCall(where, inputs, shapes, (given, step) => {
    run(given, step)
    return given.slice(0, 1).map(({ value }) => value)
  })
  for (const result of results) keepEffect(result)
}
