// Words or integers as the buckets that their hash says.

import { describeValue, fail } from '../../errors.ts'
import { computed, nullable, type TableFor, unsupported } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { NumericArray, Tensor } from '../../util/tensor.ts'
import { type CallableLayer, defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { DtypePolicy } from '../dtypePolicy.ts'
import { type LayerOptions, layerOptions, noActivity, positiveInteger } from '../options.ts'
import { bucketOf, saltOption } from './buckets.ts'
import { type Encoding, encodedShape, outputMode } from './encoding.ts'
import type { Entry, HostData, NestedStrings } from './hostData.ts'
import { encodedOnHost } from './hostEncoding.ts'
import { HostLayer } from './hostLayer.ts'

export interface HashingOptions extends LayerOptions {
  /** What is masked and becomes 0, all else 1 or more; `null`, the default, is nothing. */
  readonly maskValue?: string | number | null
  /** One or two integers under which SipHash64 is taken; `null`, the default, takes FarmHash64. */
  readonly salt?: number | readonly number[] | null
  /**
   * `'int'`, by default: the bucket. `'one_hot'`: a vector for each. `'multi_hot'`: a vector for the last axis, 1 where a bucket is
   * met; `'count'`: how often.
   */
  readonly outputMode?: 'int' | Encoding
}

interface HashingArguments extends HashingOptions {
  /** The number of buckets, that of what is masked included. */
  readonly numBins: number
}

const table = {
  ...layerOptions,
  // Files say the integers that it gives.
  dtype: computed<DtypePolicy, DtypePolicy | null>((where, name, value) =>
    layerOptions.dtype.read(where, name, value === 'int64' ? null : value),
  ),
  activityRegularizer: noActivity,
  numBins: positiveInteger,
  maskValue: nullable<string | number>((where, name, value) =>
    typeof value === 'string' || Number.isSafeInteger(value)
      ? (value as string | number)
      : fail(where, { expected: `${name} to be a string or an integer`, got: describeValue(value) }),
  ),
  salt: saltOption,
  outputMode: outputMode<'int' | Encoding>('int', ['int', 'one_hot', 'multi_hot', 'count']),
  sparse: unsupported(false),
} as const satisfies TableFor<HashingArguments>

export class HashingLayer extends HostLayer<typeof table> {
  /** @internal */
  override get reads(): Entry {
    return 'any'
  }

  /** @internal */
  override get givesIntegers(): boolean {
    return this.config.outputMode === 'int'
  }

  /** The config in a file: Keras's layer refuses floats for the numbers of buckets. */
  override get storedConfig(): Record<string, unknown> {
    return { ...super.storedConfig, ...(this.givesIntegers && { dtype: 'int64' }) }
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...]')
    const { outputMode: mode, numBins } = this.config
    return [mode === 'int' ? shape : encodedShape(this.where, shape, mode, numBins)]
  }

  /** @internal */
  override apply({ values, shape }: HostData): Tensor {
    const { numBins, maskValue, salt, outputMode: mode } = this.config
    const masks = maskValue !== null && numBins > 1
    const bins = values.map((value) =>
      masks && value === maskValue ? 0 : bucketOf(value, masks ? numBins - 1 : numBins, salt) + Number(masks),
    )
    return encodedOnHost(bins, shape, mode, numBins)
  }
}

const definition = defineLayer({
  className: 'Hashing',
  table,
  positional: ['numBins'],
  create: (self, given) => new HashingLayer(self, given),
})

/** A Hashing: called on strings or integers, or on an input of a model. */
export type CallableHashing = HashingLayer &
  ((data: NestedStrings | NumericArray | readonly unknown[] | Tensor) => Tensor) &
  CallableLayer

/**
 * The bucket, 0 to `numBins` − 1, of each string or integer, by a hash of its letters or digits that is the same everywhere: `[batch, ...]`
 * → `[batch, ...]`, or vectors as `outputMode` says. It computes on the host as {@link StringLookup} does, in front of a model or as its
 * first layer.
 *
 * @param numBins The number of buckets.
 * @see keras/src/layers/preprocessing/hashing.py
 */
export const Hashing: LayerConstructor<
  LayerArguments<[numBins: number], HashingOptions, HashingArguments>,
  CallableHashing
> = definition.make
export type Hashing = ReturnType<typeof Hashing>
