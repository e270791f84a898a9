// Options that networks of images share.

import { checkInteger, describeValue, fail } from '../errors.ts'
import { readOptionTable } from '../formats/readOptions.ts'
import { type ActivationIdentifier, shape } from '../layers/options.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { ReadOptions, Source } from '../models/saving.ts'
import { flag, nullable, oneOf, option, orNull, type TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'

export interface ApplicationOptions extends ReadOptions {
  /** Whether the network ends with the layers that tell classes, `true` by default. */
  readonly includeTop?: boolean
  /**
   * `'imagenet'`, the default: the weights that Keras loads, trained on ImageNet. In Node the file stays in `~/.keras/models`, where Keras
   * keeps it too, if `recurra/node` is imported; in a page in its Cache API. `null` for random weights. Else where a file of weights is: a
   * URL, a path in Node, bytes, a Blob, or another source of `loadWeights`.
   */
  readonly weights?: 'imagenet' | Source | null
  /** What the network is called on, an `Input` or a tensor that is computed of one; `null`, the default, for an `Input` of its own. */
  readonly inputTensor?: SymbolicTensor | null
  /**
   * The shape of an image, `[rows, columns, channels]`, without the batch; rows and columns may be `null`, open, where there is no top. By
   * default that of ImageNet's images as the network was trained on them, or open without a top.
   */
  readonly inputShape?: OpenShape | null
  /** Without a top: whether the features are averaged over the image, `'avg'`, or their maxima taken, `'max'`; `null` by default. */
  readonly pooling?: 'avg' | 'max' | null
  /** How many classes the top tells, `1000` by default, which ImageNet has. */
  readonly classes?: number
  /** The activation of the top, `'softmax'` by default; `null` for logits. */
  readonly classifierActivation?: ActivationIdentifier | null
  /** The name of the model. */
  readonly name?: string
}

const isSource = (value: unknown): value is Source =>
  (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null)

const nameOption = option<string | null, string>(null, (where, name, value) =>
  value === null || (typeof value === 'string' && value !== '')
    ? value
    : fail(where, { expected: `${name} to be a text that is not empty`, got: describeValue(value) }),
)

/** @internal */
export const applicationTable = {
  includeTop: flag(true),
  weights: option<'imagenet' | Source | null>(
    'imagenet',
    orNull((where, name, value) =>
      isSource(value)
        ? value
        : fail(where, {
            expected: `${name} to be 'imagenet', null, or where a file of weights is`,
            got: describeValue(value),
          }),
    ),
  ),
  inputTensor: nullable<SymbolicTensor>((where, name, value) =>
    value instanceof SymbolicTensor
      ? value
      : fail(where, {
          expected: `${name} to be a symbolic tensor, such as Input([224, 224, 3])`,
          got: describeValue(value),
        }),
  ),
  inputShape: nullable(shape),
  pooling: nullable(oneOf(['avg', 'max'])),
  classes: option(1000, (where, name, value) => checkInteger(where, name, value, { min: 1 })),
  // The layer that has it reads it.
  classifierActivation: option<ActivationIdentifier | null>(
    'softmax',
    (_, __, value) => value as ActivationIdentifier | null,
  ),
  name: nameOption,
  ...readOptionTable,
} as const satisfies TableFor<ApplicationOptions>

/** The options in the order that most functions of Keras have. */
export const USUAL_ORDER = [
  'includeTop',
  'weights',
  'inputTensor',
  'inputShape',
  'pooling',
  'classes',
  'classifierActivation',
  'name',
] as const
