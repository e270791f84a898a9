// Keras 3's initializers: what a weight holds before training.

import { checkFinite, checkInteger, checkOneOf, checkPositive, describeValue, fail } from '../../errors.ts'
import type { Generator } from '../../util/generator.ts'
import { nullable, oneOf, option, type TableFor } from '../../util/options.ts'
import { drawFrame } from '../../util/orthonormal.ts'
import { type Shape, sameShape, showShape } from '../../util/shape.ts'
import { checkFiniteData, type NestedArray, type Tensor, toTensor } from '../../util/tensor.ts'
import { computeFans } from './fans.ts'
import { defineInitializer, type Fill, type InitializerClass } from './initializer.ts'

const number = (fallback: number) => option(fallback, checkFinite)

// A Keras file may spell a seed as a SeedGenerator object with a config of its own.
const seed = nullable<number>((where, name, value) => {
  const plain: unknown = Object(value).config?.seed ?? value
  return checkInteger(where, name, plain, { min: 0 })
})

const axes = nullable<readonly number[]>((where, name, value) => {
  if (!Array.isArray(value))
    fail(where, { expected: `${name} to be a list of axes`, got: describeValue(value) })
  return value.map((axis: unknown) => checkInteger(where, name, axis))
})

function checkDimensions(where: string, wanted: string, shape: Shape, fits: boolean): void {
  if (!fits) fail(where, { expected: `a shape of ${wanted}`, got: showShape(shape) })
}

const constant =
  (value: number): Fill =>
  (out) =>
    out.fill(value)

const each =
  (draw: (generator: Generator) => number): Fill =>
  (out, _, generator) => {
    for (let i = 0; i < out.length; i++) out[i] = draw(generator)
  }

export interface SeedOptions {
  /** Fixes the draw; `null`, the default, takes the weight's own seed, which follows from `setSeed`. */
  readonly seed?: number | null
}

export interface FanOptions extends SeedOptions {
  /** Axes of inputs, for the fan-in; `null`, the default: all but the last. */
  readonly inputAxes?: readonly number[] | null
  /** Axes of outputs, for the fan-out; `null`, the default: the last and those of the window. */
  readonly outputAxes?: readonly number[] | null
}

/** All 0. */
export const Zeros: InitializerClass<object> = defineInitializer('Zeros', {}, () => constant(0))
export type Zeros = ReturnType<typeof Zeros>

/** All 1. */
export const Ones: InitializerClass<object> = defineInitializer('Ones', {}, () => constant(1))
export type Ones = ReturnType<typeof Ones>

/** A number for all entries, or an array of the weight's shape. */
type ConstantValue = number | NestedArray | Tensor

export interface ConstantOptions {
  /** The number, `0` by default, or an array of the weight's shape. */
  readonly value?: ConstantValue
}

/** All `value`, 0 by default: `Constant(0.5)`, `Constant({ value: 0.5 })`; or an array of the weight's shape: `Constant(matrix)`. */
export const Constant: InitializerClass<ConstantOptions, [ConstantValue | ConstantOptions] | []> =
  defineInitializer(
    'Constant',
    {
      value: option<number | Tensor, ConstantValue>(0, (where, name, value) => {
        if (typeof value !== 'object' || value === null) return checkFinite(where, name, value)
        // A Keras file has an array as a serialized object.
        const inner = 'config' in value ? (value.config as { readonly value?: unknown }).value : value
        const array = toTensor(inner, `${where}, ${name}`)
        checkFiniteData(array, `${where}, ${name}`)
        if (array.data.length === 0)
          fail(where, { expected: `${name} to be a number or an array of some`, got: showShape(array.shape) })
        return array
      }),
    } satisfies TableFor<ConstantOptions>,
    ({ value }) => (typeof value === 'number' ? constant(value) : (out) => out.set(value.data)),
    (shape, { value }) => {
      if (typeof value !== 'number' && !sameShape(value.shape, shape))
        fail('Constant', {
          expected: `an array of the weight's shape ${showShape(shape)}`,
          got: showShape(value.shape),
        })
    },
    ['value'],
  )
export type Constant = ReturnType<typeof Constant>

export interface IdentityOptions {
  /** The number on the diagonal, `1` by default. */
  readonly gain?: number
}

/** `gain`, 1 by default, on the diagonal of a matrix, 0 elsewhere. Two dimensions only. */
export const Identity: InitializerClass<IdentityOptions> = defineInitializer(
  'Identity',
  { gain: number(1) } satisfies TableFor<IdentityOptions>,
  ({ gain }) =>
    (out, [rows = 0, columns = 0]) => {
      for (let i = 0; i < Math.min(rows, columns); i++) out[i * columns + i] = gain
    },
  (shape) => checkDimensions('Identity', 'two dimensions', shape, shape.length === 2),
)
export type Identity = ReturnType<typeof Identity>

export interface RandomUniformOptions extends SeedOptions {
  /** The least number, `-0.05` by default. */
  readonly minval?: number
  /** The number that all are below, `0.05` by default. */
  readonly maxval?: number
}

/** Uniform from `minval`, −0.05 by default, to `maxval`, 0.05 by default. */
export const RandomUniform: InitializerClass<RandomUniformOptions> = defineInitializer(
  'RandomUniform',
  { minval: number(-0.05), maxval: number(0.05), seed } satisfies TableFor<RandomUniformOptions>,
  ({ minval, maxval }) => each((generator) => minval + (maxval - minval) * generator.uniform()),
)
export type RandomUniform = ReturnType<typeof RandomUniform>

export interface NormalOptions extends SeedOptions {
  /** The mean, `0` by default. */
  readonly mean?: number
  /** The standard deviation, `0.05` by default. */
  readonly stddev?: number
}

const normalTable = { mean: number(0), stddev: number(0.05), seed } satisfies TableFor<NormalOptions>

/** Normal; `mean` 0 and `stddev` 0.05 by default. */
export const RandomNormal: InitializerClass<NormalOptions> = defineInitializer(
  'RandomNormal',
  normalTable,
  ({ mean, stddev }) => each((generator) => mean + stddev * generator.normal()),
)
export type RandomNormal = ReturnType<typeof RandomNormal>

/** Normal, redrawn beyond two standard deviations; `mean` 0 and `stddev` 0.05 by default. */
export const TruncatedNormal: InitializerClass<NormalOptions> = defineInitializer(
  'TruncatedNormal',
  normalTable,
  ({ mean, stddev }) => each((generator) => mean + stddev * generator.truncatedNormal()),
)
export type TruncatedNormal = ReturnType<typeof TruncatedNormal>

const modes = ['fan_in', 'fan_out', 'fan_avg'] as const
const distributions = ['truncated_normal', 'untruncated_normal', 'uniform'] as const

interface Scaling {
  readonly scale: number
  readonly mode: (typeof modes)[number]
  readonly distribution: (typeof distributions)[number]
  readonly inputAxes: readonly number[] | null
  readonly outputAxes: readonly number[] | null
}

// The standard deviation of a normal distribution cut at ±2: dividing by it restores the variance asked for.
const TRUNCATED_DEVIATION = 0.87962566103423978

const scaled =
  ({ scale, mode, distribution, inputAxes, outputAxes }: Scaling): Fill =>
  (out, shape, generator) => {
    const [fanIn, fanOut] = computeFans(shape, inputAxes, outputAxes)
    const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[mode]
    const deviation = Math.sqrt(scale / Math.max(1, fan))
    const draw = {
      truncated_normal: () => (deviation / TRUNCATED_DEVIATION) * generator.truncatedNormal(),
      untruncated_normal: () => deviation * generator.normal(),
      uniform: () => Math.sqrt(3) * deviation * (2 * generator.uniform() - 1),
    }[distribution]
    each(draw)(out, shape, generator)
  }

export interface VarianceScalingOptions extends FanOptions {
  /** The variance is this number, `1` by default, over n. */
  readonly scale?: number
  /** What n is, `'fan_in'` by default. */
  readonly mode?: Scaling['mode']
  /** `'truncated_normal'` by default. */
  readonly distribution?: Scaling['distribution'] | 'normal'
}

/**
 * Draws with variance `scale` / n, where n is the fan-in, the fan-out or their mean, as `mode` says.
 * Defaults: scale 1, mode 'fan_in', distribution 'truncated_normal'.
 */
export const VarianceScaling: InitializerClass<VarianceScalingOptions> = defineInitializer(
  'VarianceScaling',
  {
    scale: option(1, checkPositive),
    mode: option<Scaling['mode']>('fan_in', oneOf(modes)),
    distribution: option<Scaling['distribution'], Scaling['distribution'] | 'normal'>(
      'truncated_normal',
      (where, name, value) =>
        // Keras 2's and TensorFlow.js's word for it.
        value === 'normal' ? 'truncated_normal' : checkOneOf(where, name, value, distributions),
    ),
    seed,
    inputAxes: axes,
    outputAxes: axes,
  } satisfies TableFor<VarianceScalingOptions>,
  scaled,
)
export type VarianceScaling = ReturnType<typeof VarianceScaling>

const defineScaling = (
  className: string,
  scale: number,
  mode: Scaling['mode'],
  distribution: Scaling['distribution'],
): InitializerClass<FanOptions> =>
  defineInitializer(
    className,
    { seed, inputAxes: axes, outputAxes: axes } satisfies TableFor<FanOptions>,
    (config) => scaled({ scale, mode, distribution, ...config }),
  )

/** Uniform within ±√(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010). */
export const GlorotUniform = defineScaling('GlorotUniform', 1, 'fan_avg', 'uniform')
export type GlorotUniform = ReturnType<typeof GlorotUniform>

/** Truncated normal of variance 2 / (fan-in + fan-out) (Glorot and Bengio, 2010). */
export const GlorotNormal = defineScaling('GlorotNormal', 1, 'fan_avg', 'truncated_normal')
export type GlorotNormal = ReturnType<typeof GlorotNormal>

/** Uniform within ±√(6 / fan-in) (He et al., 2015). */
export const HeUniform = defineScaling('HeUniform', 2, 'fan_in', 'uniform')
export type HeUniform = ReturnType<typeof HeUniform>

/** Truncated normal of variance 2 / fan-in (He et al., 2015). */
export const HeNormal = defineScaling('HeNormal', 2, 'fan_in', 'truncated_normal')
export type HeNormal = ReturnType<typeof HeNormal>

/** Uniform within ±√(3 / fan-in) (LeCun et al., 1998). */
export const LecunUniform = defineScaling('LecunUniform', 1, 'fan_in', 'uniform')
export type LecunUniform = ReturnType<typeof LecunUniform>

/** Truncated normal of variance 1 / fan-in (LeCun et al., 1998; Klambauer et al., 2017). */
export const LecunNormal = defineScaling('LecunNormal', 1, 'fan_in', 'truncated_normal')
export type LecunNormal = ReturnType<typeof LecunNormal>

export interface OrthogonalOptions extends SeedOptions {
  /** What the orthonormal columns are multiplied by, `1` by default. */
  readonly gain?: number
}

/**
 * `gain` (1 by default) times a matrix with orthonormal columns, or rows where it has fewer of them; all axes but
 * the last count as rows (Saxe et al., 2014).
 */
export const Orthogonal: InitializerClass<OrthogonalOptions> = defineInitializer(
  'Orthogonal',
  { gain: number(1), seed } satisfies TableFor<OrthogonalOptions>,
  ({ gain }) =>
    (out, shape, generator) => {
      const columns = shape.at(-1) ?? 1
      const rows = out.length / columns
      const frame = { count: Math.min(rows, columns), length: Math.max(rows, columns) }
      drawFrame(frame, generator, (vector, entry, value) => {
        out[rows < columns ? vector * columns + entry : entry * columns + vector] = gain * value
      })
    },
  (shape) => checkDimensions('Orthogonal', 'at least two dimensions', shape, shape.length > 1),
)
export type Orthogonal = ReturnType<typeof Orthogonal>
