// y = gamma·(x − mean) / √(variance + ε) + beta, by the mean and variance of the channels of a group and of all that lies beside
// them in a sample. Wu and He 2018.

import { checkExtent, checkInteger, fail } from '../errors.ts'
import { axesOf } from '../layers/axes.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { checkExtents, knownExtent } from '../layers/inputChecks.ts'
import {
  type NormalizationOptions,
  normalizationOptions,
} from '../layers/normalization/normalizationOptions.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { DrawnVariable } from '../layers/weights/variable.ts'
import { add, multiply, rsqrt, square, subtract } from '../operations/elementwise.ts'
import { mean } from '../operations/reductions.ts'
import { reshape } from '../operations/shapes.ts'
import { option, type TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface GroupNormalizationOptions extends NormalizationOptions {
  /** Into how many groups the channels are divided, `32` by default; -1 for one of each channel. */
  readonly groups?: number
  /** The axis of the channels, `-1` by default; never the batch. */
  readonly axis?: number
}

const table = {
  ...normalizationOptions,
  groups: option(32, (where, name, value) =>
    value === -1 ? -1 : checkExtent(where, `${name}, unless -1,`, value),
  ),
  axis: option(-1, (where, name, value) => checkInteger(where, name, value)),
} as const satisfies TableFor<GroupNormalizationOptions>

/** @internal */
export class GroupNormalizationLayer extends ComposedLayer<typeof table> {
  gamma: DrawnVariable | null = null
  beta: DrawnVariable | null = null

  /** The axis of the channels, how many there are, and in how many groups. */
  #channelsOf(input: OpenShape): {
    readonly axis: number
    readonly channels: number
    readonly groups: number
  } {
    const [axis = 0] = axesOf(this, this.config.axis, input)
    const channels = knownExtent(this, input, axis, 'channels')
    const groups = this.config.groups < 0 ? channels : this.config.groups
    if (channels % groups !== 0) {
      fail(this.where, {
        expected: `a number of channels (axis ${axis}) that ${groups} groups divide`,
        got: showShape(input),
        remedy: 'Give it groups that divide the channels; -1 is one of each.',
      })
    }
    return { axis, channels, groups }
  }

  protected override checkInput(input: OpenShape): void {
    checkExtents(this, input, [this.#channelsOf(input).axis], this.gamma ?? this.beta)
  }

  override build(input: OpenShape): void {
    const { center, scale, ...config } = this.config
    const shape = [this.#channelsOf(input).channels]
    if (scale) {
      const {
        gammaInitializer: initializer,
        gammaRegularizer: regularizer,
        gammaConstraint: constraint,
      } = config
      this.gamma = this.addWeight({ name: 'gamma', shape, initializer, regularizer, constraint })
    }
    if (center) {
      const {
        betaInitializer: initializer,
        betaRegularizer: regularizer,
        betaConstraint: constraint,
      } = config
      this.beta = this.addWeight({ name: 'beta', shape, initializer, regularizer, constraint })
    }
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { axis, channels, groups } = this.#channelsOf(x.shape)
    const divided = [groups, channels / groups]
    const inGroups = reshape(x, [...x.shape.slice(0, axis), ...divided, ...x.shape.slice(axis + 1)])
    // The groups are the axis where the channels were.
    const others = inGroups.shape.flatMap((_, k) => (k === 0 || k === axis ? [] : [k]))
    const centered = subtract(inGroups, mean(inGroups, others, true))
    const variance = mean(square(centered), others, true)
    const alongChannels = inGroups.shape.map((_, k) => divided[k - axis] ?? 1)
    const inverse = rsqrt(add(variance, this.config.epsilon))
    const factor = this.gamma ? multiply(inverse, reshape(this.gamma, alongChannels)) : inverse
    const scaled = multiply(centered, factor)
    const shifted = this.beta ? add(scaled, reshape(this.beta, alongChannels)) : scaled
    return reshape(shifted, x.shape)
  }
}

const definition = defineLayer({
  className: 'GroupNormalization',
  table,
  positional: ['groups'],
  create: (self, given) => new GroupNormalizationLayer(given, self),
})

/**
 * Divides the channels of each sample into groups, shifts and scales each of these, over all its places, to mean 0 and variance 1,
 * and each channel by learned weights to others. Any shape, unchanged: `[batch, ..., channels]`.
 *
 * @param groups Into how many groups the channels are divided, `32` by default.
 * @see keras/src/layers/normalization/group_normalization.py
 */
export const GroupNormalization: LayerConstructor<
  LayerArguments<[groups?: number], Omit<GroupNormalizationOptions, 'groups'>, GroupNormalizationOptions>
> = definition.make
export type GroupNormalization = ReturnType<typeof GroupNormalization>
