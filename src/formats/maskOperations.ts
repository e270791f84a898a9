// Operations as nodes of a graph, as Keras writes the masks that an Embedding or a Masking layer makes of a functional model's tensors.
// Nobody writes them here: they are no part of the layers, only of files.

import { checkFinite, describeValue, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import type { LayerCall, MaskedValue, NoWeights } from '../layers/call.ts'
import type { TakesIntegers } from '../layers/integers.ts'
import { type LayerDefinition, type LayerTable, WeightlessLayer } from '../layers/layer.ts'
import { layerOptions } from '../layers/options.ts'
import type { OwnOptions } from '../layers/symbolicTensor.ts'
import { idMask } from '../ops/ids.ts'
import { masking } from '../ops/masks.ts'
import { reshape } from '../ops/view.ts'
import { required, unsupported } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'

/** A tensor that is a mask and has none. */
const unmasked = (value: Value): readonly MaskedValue[] => [{ value, mask: null }]

abstract class MaskOperation<Table extends LayerTable = LayerTable> extends WeightlessLayer<Table> {
  override get module() {
    return 'keras.src.ops.numpy'
  }

  override get passesMask(): boolean {
    return true
  }

  /** What files say of its output. */
  get outputDtype(): string {
    return 'bool'
  }

  /** Operations have no options but their own. */
  override getConfig(): Record<string, unknown> {
    const { trainable: _, dtype: __, ...own } = super.getConfig()
    return own
  }
}

/** 1 where a number of the input is not the other argument, else 0: any shape, unchanged. */
class NotEqualOperation extends MaskOperation implements TakesIntegers {
  override get inputCount(): number {
    return 2
  }

  /** Integers are compared with 0 alone. */
  get takesIntegers(): boolean {
    return this.nodes.every(({ options }) => options.value === 0)
  }

  override readInputs([input, value]: readonly unknown[], options: OwnOptions) {
    return [input, { ...options, value: checkFinite(this.where, 'the second argument', value) }] as const
  }

  /** The arguments behind the tensor, as a file has them. */
  placedOptions({ value }: OwnOptions): readonly unknown[] {
    return [value]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 2, '[batch, ...]')]
  }

  protected override lower({
    graph,
    inputs: [x],
    options,
  }: LayerCall<NoWeights, { readonly value: number }>): readonly MaskedValue[] {
    if (x.dtype === 'i32') return unmasked(idMask(graph, { ids: x }, { isFloat: false }).y)
    return unmasked(masking(graph, { x: reshape(graph, x, { shape: [...x.shape, 1] }) }, options).mask)
  }
}

const anyTable = {
  ...layerOptions,
  /** The last one, in a list or not. */
  axis: required<-1>((where, name, value) =>
    [value].flat().join() === '-1'
      ? -1
      : fail(where, { expected: `${name} to be -1`, got: describeValue(value) }),
  ),
  keepdims: unsupported(false),
}

/** 1 where some number along the last axis is not 0, else 0: `[batch, ..., features]` → `[batch, ...]`. */
class AnyOperation extends MaskOperation<typeof anyTable> {
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 2, '[batch, ..., features]').slice(0, -1)]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly MaskedValue[] {
    return unmasked(masking(graph, { x }, { value: 0 }).mask)
  }
}

const notEqual: LayerDefinition = {
  className: 'NotEqual',
  table: layerOptions,
  create: (given) => new NotEqualOperation(notEqual, given),
}

const any: LayerDefinition<typeof anyTable> = {
  className: 'Any',
  table: anyTable,
  create: (given) => new AnyOperation(any, given),
}

/** The operations that files may name, by Keras's names of their classes. */
export const maskOperations: ReadonlyMap<string, LayerDefinition> = new Map<string, LayerDefinition>([
  [notEqual.className, notEqual],
  [any.className, any],
])
