// Dense as a user would write it.

import {
  Layer,
  type LayerOptions,
  ops,
  type Shape,
  type SymbolicTensor,
  type Weight,
} from '../../src/index.ts'

/** x·kernel + bias, [batch, …, features] → [batch, …, units]. */
export class Linear extends Layer {
  kernel!: Weight
  bias!: Weight
  constructor(
    readonly units: number,
    options: LayerOptions = {},
  ) {
    super(options)
  }
  override build(shape: Shape) {
    this.kernel = this.addWeight({ name: 'kernel', shape: [shape.at(-1) ?? 0, this.units] })
    this.bias = this.addWeight({ name: 'bias', shape: [this.units], initializer: 'zeros' })
  }
  override call(x: SymbolicTensor) {
    return ops.add(ops.matmul(x, this.kernel), this.bias)
  }
  override getConfig() {
    return { units: this.units }
  }
  static override fromConfig({ units, ...options }: LayerOptions & { readonly units: number }): Linear {
    return new Linear(units, options)
  }
}
