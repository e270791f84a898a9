// y = act(x·W + b): x [..., D], kernel W [D, units], bias b [units] → y [..., units].

import type { Value } from '../graph/graph.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape } from '../ops/view.ts'
import { lastOf, type OpenShape, rowsOf } from '../util/shape.ts'
import { activate } from './activate.ts'
import { type CallableLayer, defineLayer, type LayerArguments, type OptionsOf } from './callable.ts'
import { checkFeatures, knownExtent, Layer, type Lowering, type Variable } from './layer.ts'
import { absent, activation, flag, initializer, layerOptions, positiveInteger } from './options.ts'

const table = {
  ...layerOptions,
  units: positiveInteger,
  activation: activation('linear'),
  useBias: flag(true),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: absent,
  biasRegularizer: absent,
  activityRegularizer: absent,
  kernelConstraint: absent,
  biasConstraint: absent,
  loraRank: absent,
  quantizationConfig: absent,
} as const

export class DenseLayer extends Layer<typeof table> {
  #kernel: Variable | null = null
  #bias: Variable | null = null

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ..., features]')
    checkFeatures(this, shape, this.#kernel)
    return [[...shape.slice(0, -1), this.config.units]]
  }

  protected override build(path: string, [input = []]: readonly OpenShape[]): void {
    const { units, useBias, kernelInitializer, biasInitializer } = this.config
    const features = knownExtent(this, input, input.length - 1, 'features')
    this.#kernel = this.addWeight(`${path}/kernel`, [features, units], kernelInitializer)
    if (useBias) this.#bias = this.addWeight(`${path}/bias`, [units], biasInitializer)
  }

  override lower(lowering: Lowering, [x]: readonly Value[]): readonly Value[] {
    if (!x || !this.#kernel) throw new TypeError(`${this.where} is not built`)
    const { graph } = lowering
    const rows = x.shape.length === 2 ? x : reshape(graph, x, { shape: [rowsOf(x.shape), lastOf(x.shape)] })
    const bias = this.#bias ? lowering.variable(this.#bias) : undefined
    const { y } = matmul(graph, { a: rows, b: lowering.variable(this.#kernel), bias }, {})
    const activated = activate(graph, y, this.config.activation)
    const shape = [...x.shape.slice(0, -1), this.config.units]
    return [x.shape.length === 2 ? activated : reshape(graph, activated, { shape })]
  }
}

const definition = defineLayer({
  className: 'Dense',
  table,
  positional: ['units'],
  create: (self, given) => new DenseLayer(self, given),
})

export type DenseOptions = OptionsOf<typeof table, ['units']>

/**
 * A fully connected layer, act(x·kernel + bias) over the last axis: `[batch, ..., features]` → `[batch, ..., units]`.
 *
 * @param units Outputs, a positive integer.
 * @param options `activation` ('linear'), `useBias` (true), `kernelInitializer` ('glorot_uniform'),
 * `biasInitializer` ('zeros').
 * @see keras/src/layers/core/dense.py
 */
export const Dense = (
  ...args: LayerArguments<typeof table, [units: number], ['units']>
): CallableLayer<DenseLayer> => definition.make(...args)
