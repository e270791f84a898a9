// Convolutions, channels-last: y = act(x ∗ kernel + bias).
//   Conv1D  x [B, T, C], kernel [K, C / groups, F] → y [B, T', F]
//   Conv2D  x [B, H, W, C], kernel [KH, KW, C / groups, F] → y [B, H', W', F]

import { checkOneOf, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { convolution } from '../ops/convolution.ts'
import { reshape } from '../ops/view.ts'
import { type Option, option, required } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { activate } from './activate.ts'
import { type CallableLayer, defineLayer, type OptionsOf } from './callable.ts'
import { knownExtent, Layer, type LayerDefinition, type Lowering, type Variable } from './layer.ts'
import { absent, activation, flag, initializer, layerOptions, positiveInteger } from './options.ts'
import { type Padding, paddingOf, windowedExtent } from './window.ts'

/** An extent for each axis, or one for all. */
type Extents = number | readonly number[]

const readExtents: Option<readonly number[]>['check'] = (where, name, value) =>
  (Array.isArray(value) ? value : [value]).map((extent: unknown) => checkPositiveInteger(where, name, extent))

const extents = (fallback: number): Option<readonly number[], Extents> => option([fallback], readExtents)

/** What one- and two-dimensional convolutions share. */
const table = {
  ...layerOptions,
  filters: positiveInteger,
  kernelSize: required<readonly number[], Extents>(readExtents),
  strides: extents(1),
  padding: option<Padding>('valid', (where, name, value) =>
    checkOneOf(where, name, value, ['valid', 'same', 'causal']),
  ),
  dataFormat: option<'channels_last' | null>(null, (where, name, value) =>
    value === null ? null : checkOneOf(where, name, value, ['channels_last']),
  ),
  dilationRate: extents(1),
  groups: option(1, checkPositiveInteger),
  activation: activation('linear'),
  useBias: flag(true),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: absent,
  biasRegularizer: absent,
  activityRegularizer: absent,
  kernelConstraint: absent,
  biasConstraint: absent,
} as const

const AXES = { 1: '[batch, steps, channels]', 2: '[batch, height, width, channels]' } as const

export class ConvolutionLayer extends Layer<typeof table> {
  readonly #rank: 1 | 2
  readonly #window: readonly number[]
  readonly #strides: readonly number[]
  readonly #dilation: readonly number[]
  #kernel: Variable | null = null
  #bias: Variable | null = null

  constructor(definition: LayerDefinition, given: Readonly<Record<string, unknown>>, rank: 1 | 2) {
    super(definition, given)
    this.#rank = rank
    const { kernelSize, strides, dilationRate, padding, filters, groups } = this.config
    this.#window = this.#perAxis('kernelSize', kernelSize)
    this.#strides = this.#perAxis('strides', strides)
    this.#dilation = this.#perAxis('dilationRate', dilationRate)
    if (this.#strides.some((stride) => stride > 1) && this.#dilation.some((rate) => rate > 1)) {
      fail(this.where, {
        expected: 'strides or dilationRate of 1',
        got: `${strides.join()} and ${dilationRate.join()}`,
      })
    }
    if (padding === 'causal' && rank !== 1) {
      fail(this.where, { expected: "padding 'valid' or 'same' in two dimensions", got: "'causal'" })
    }
    if (filters % groups !== 0) {
      fail(this.where, { expected: `filters that ${groups} groups divide`, got: String(filters) })
    }
  }

  #perAxis(name: string, given: readonly number[]): readonly number[] {
    if (given.length === this.#rank) return given
    if (given.length === 1) return Array<number>(this.#rank).fill(given[0] ?? 1)
    return fail(this.where, {
      expected: `${name} as one integer or ${this.#rank}`,
      got: describeValue(given),
    })
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [shape] = inputs
    const rank = this.#rank
    if (inputs.length !== 1 || shape?.length !== rank + 2) {
      fail(this.where, {
        expected: `input ${AXES[rank]}`,
        got: inputs.map(showShape).join(' and ') || 'nothing',
      })
    }
    const { filters, groups, padding } = this.config
    const channels = shape.at(-1)
    if (typeof channels === 'number' && channels % groups !== 0) {
      fail(this.where, {
        expected: `channels that ${groups} groups divide`,
        got: `${channels} (input ${showShape(shape)})`,
      })
    }
    const space = this.#window.map((window, axis) =>
      windowedExtent(this, shape, axis + 1, {
        window,
        stride: this.#strides[axis] ?? 1,
        dilation: this.#dilation[axis] ?? 1,
        padding,
      }),
    )
    return [[shape[0] ?? null, ...space, filters]]
  }

  protected override build(path: string, [input = []]: readonly OpenShape[]): void {
    const { filters, groups, useBias, kernelInitializer, biasInitializer } = this.config
    const channels = knownExtent(this, input, this.#rank + 1, 'channels')
    this.#kernel = this.addWeight(
      `${path}/kernel`,
      [...this.#window, channels / groups, filters],
      kernelInitializer,
    )
    if (useBias) this.#bias = this.addWeight(`${path}/bias`, [filters], biasInitializer)
  }

  override lower(lowering: Lowering, [x]: readonly Value[]): readonly Value[] {
    if (!x || !this.#kernel) throw new TypeError(`${this.where} is not built`)
    const { graph } = lowering
    // A one-dimensional convolution is the case of height one.
    const flat = this.#rank === 1
    const image = (value: Value): Value => {
      const [first = 1, ...rest] = value.shape
      return flat ? reshape(graph, value, { shape: [first, 1, ...rest] }) : value
    }
    const window = lowering.variable(this.#kernel)
    const kernel = flat ? reshape(graph, window, { shape: [1, ...window.shape] }) : window
    const sides = this.#window.map((size, axis) =>
      paddingOf(x.shape[axis + 1] ?? 1, {
        window: size,
        stride: this.#strides[axis] ?? 1,
        dilation: this.#dilation[axis] ?? 1,
        padding: this.config.padding,
      }),
    )
    const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = flat ? [[0, 0], ...sides] : sides
    const pair = (values: readonly number[]): [number, number] =>
      flat ? [1, values[0] ?? 1] : [values[0] ?? 1, values[1] ?? 1]
    const { y } = convolution(
      graph,
      { x: image(x), kernel, bias: this.#bias ? lowering.variable(this.#bias) : undefined },
      {
        strides: pair(this.#strides),
        dilation: pair(this.#dilation),
        padding: [top ?? 0, bottom ?? 0, left ?? 0, right ?? 0],
        groups: this.config.groups,
      },
    )
    const activated = activate(graph, y, this.config.activation)
    const [batch = 1, , width = 1, filters = 1] = y.shape
    return [flat ? reshape(graph, activated, { shape: [batch, width, filters] }) : activated]
  }
}

const conv1d = defineLayer({
  className: 'Conv1D',
  table,
  positional: ['filters', 'kernelSize'],
  create: (self, given) => new ConvolutionLayer(self, given, 1),
})

const conv2d = defineLayer({
  className: 'Conv2D',
  table,
  positional: ['filters', 'kernelSize'],
  create: (self, given) => new ConvolutionLayer(self, given, 2),
})

export type ConvolutionOptions = OptionsOf<typeof table, ['filters', 'kernelSize']>

/**
 * Convolution over time: `[batch, steps, channels]` → `[batch, steps', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Steps that a window spans.
 * @param options `strides` (1), `padding` 'valid' (default), 'same' or 'causal', `dilationRate` (1), `groups` (1),
 * `activation` ('linear'), `useBias` (true), `kernelInitializer` ('glorot_uniform'), `biasInitializer` ('zeros').
 * @see keras/src/layers/convolutional/conv1d.py
 */
export const Conv1D = (
  filters: number,
  kernelSize: Extents,
  options?: ConvolutionOptions,
): CallableLayer<ConvolutionLayer> => conv1d.make(filters, kernelSize, options)

/**
 * Convolution over images: `[batch, height, width, channels]` → `[batch, height', width', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link Conv1D}'s; `strides` and `dilationRate` a number for both axes or one each; no 'causal'.
 * @see keras/src/layers/convolutional/conv2d.py
 */
export const Conv2D = (
  filters: number,
  kernelSize: Extents,
  options?: ConvolutionOptions,
): CallableLayer<ConvolutionLayer> => conv2d.make(filters, kernelSize, options)
