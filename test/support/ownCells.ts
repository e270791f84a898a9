// Recurrent cells as users write them.

import {
  Cell,
  Layer,
  type LayerOptions,
  LSTMCell,
  ops,
  type Shape,
  type SymbolicTensor,
  type Weight,
} from '../../src/index.ts'

type One = readonly [SymbolicTensor]
type Two = readonly [SymbolicTensor, SymbolicTensor]

/** What cells with units have in common. */
abstract class UnitsCell extends Cell {
  kernel!: Weight
  recurrent!: Weight
  bias!: Weight
  protected abstract readonly gates: number

  constructor(
    readonly units: number,
    options: LayerOptions = {},
  ) {
    super(options)
  }
  override build([, features = 0]: Shape) {
    const columns = this.gates * this.units
    this.kernel = this.addWeight({ name: 'kernel', shape: [features, columns] })
    this.recurrent = this.addWeight({
      name: 'recurrent_kernel',
      shape: [this.units, columns],
      initializer: 'orthogonal',
    })
    this.bias = this.addWeight({ name: 'bias', shape: [columns], initializer: 'zeros' })
  }
  override getConfig() {
    return { units: this.units }
  }
}

/** The formulas of LSTM. */
export class OwnLSTMCell extends UnitsCell {
  override readonly stateSize = [this.units, this.units]
  protected readonly gates = 4
  static override fromConfig({ units, ...options }: { units: number }) {
    return new OwnLSTMCell(units, options)
  }
  override call(x: SymbolicTensor, [h, c]: Two) {
    const z = ops.add(ops.add(ops.matmul(x, this.kernel), ops.matmul(h, this.recurrent)), this.bias)
    const [i, f, candidate, o] = ops.split(z, 4, -1) as unknown as readonly [...Two, ...Two]
    const next = ops.add(ops.multiply(ops.sigmoid(f), c), ops.multiply(ops.sigmoid(i), ops.tanh(candidate)))
    const output = ops.multiply(ops.sigmoid(o), ops.tanh(next))
    return [output, [output, next]] as const
  }
}

/** The same as a class of Layer, as Keras's own cells are written. */
export class LayerLSTMCell extends Layer {
  readonly stateSize: readonly [number, number]
  kernel!: Weight
  recurrent!: Weight
  bias!: Weight

  constructor(
    readonly units: number,
    options: LayerOptions = {},
  ) {
    super(options)
    this.stateSize = [units, units]
  }
  static override fromConfig({ units, ...options }: { units: number }) {
    return new LayerLSTMCell(units, options)
  }
  override getConfig() {
    return { units: this.units }
  }
  override build([, features = 0]: Shape) {
    const columns = 4 * this.units
    this.kernel = this.addWeight({ name: 'kernel', shape: [features, columns] })
    this.recurrent = this.addWeight({
      name: 'recurrent_kernel',
      shape: [this.units, columns],
      initializer: 'orthogonal',
    })
    this.bias = this.addWeight({ name: 'bias', shape: [columns], initializer: 'zeros' })
  }
  override call(x: SymbolicTensor, [h, c]: Two) {
    const z = ops.add(ops.add(ops.matmul(x, this.kernel), ops.matmul(h, this.recurrent)), this.bias)
    const [i, f, candidate, o] = ops.split(z, 4, -1) as unknown as readonly [...Two, ...Two]
    const next = ops.add(ops.multiply(ops.sigmoid(f), c), ops.multiply(ops.sigmoid(i), ops.tanh(candidate)))
    const output = ops.multiply(ops.sigmoid(o), ops.tanh(next))
    return [output, [output, next]] as const
  }
}

/** A minimal gated unit: one gate. Its output is twice its state, so that the two differ. */
export class MinimalCell extends UnitsCell {
  override readonly stateSize = this.units
  protected readonly gates = 2
  static override fromConfig({ units, ...options }: { units: number }) {
    return new MinimalCell(units, options)
  }
  override call(x: SymbolicTensor, [h]: One) {
    const { units } = this
    const [gated, plain] = ops.split(ops.add(ops.matmul(x, this.kernel), this.bias), 2, -1) as unknown as Two
    const [forGate, forCandidate] = ops.split(this.recurrent, [units], 1) as unknown as Two
    const f = ops.sigmoid(ops.add(gated, ops.matmul(h, forGate)))
    const candidate = ops.tanh(ops.add(plain, ops.matmul(ops.multiply(f, h), forCandidate)))
    const next = ops.add(ops.multiply(ops.subtract(1, f), h), ops.multiply(f, candidate))
    return [ops.multiply(next, 2), [next]] as const
  }
}

/** LSTM, to whose output the input is added: a cell of Recurra inside one of one's own. */
export class ResidualCell extends Cell {
  readonly inner
  override readonly stateSize
  constructor(
    readonly units: number,
    options: LayerOptions = {},
  ) {
    super(options)
    this.inner = LSTMCell(units, { name: 'inner', unitForgetBias: false })
    this.stateSize = this.inner.stateSize
  }
  static override fromConfig({ units, ...options }: { units: number }) {
    return new ResidualCell(units, options)
  }
  override getConfig() {
    return { units: this.units }
  }
  override call(x: SymbolicTensor, states: Two) {
    const [output, next] = this.inner(x, states)
    return [ops.add(output, x), next] as const
  }
}
