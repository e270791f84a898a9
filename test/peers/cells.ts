// The cells of Keras's tests of RNN. The recording has their weights, which tell the cells.

import { Cell, LSTMCell, ops, type Shape, type SymbolicTensor, type Weight } from '../../src/index.ts'
import type { Numbers } from './cases.ts'

/** h' = x·K + h·R. */
export class OneStateCell extends Cell {
  kernel!: Weight
  recurrent!: Weight
  constructor(override readonly stateSize: number) {
    super()
  }
  override build([, features]: Shape) {
    this.kernel = this.addWeight({ name: 'kernel', shape: [features as number, this.stateSize] })
    this.recurrent = this.addWeight({ name: 'recurrent', shape: [this.stateSize, this.stateSize] })
  }
  override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
    const next = ops.add(ops.matmul(x, this.kernel), ops.matmul(h, this.recurrent))
    return [next, [next]] as const
  }
}

/** a' = x·K + a·R, b' = x·K + b·S; the output is a' + b'. */
class TwoStatesCell extends Cell {
  kernel!: Weight
  first!: Weight
  second!: Weight
  override readonly stateSize: readonly number[]
  constructor(readonly units: number) {
    super()
    this.stateSize = [units, units]
  }
  override build([, features]: Shape) {
    const { units } = this
    this.kernel = this.addWeight({ name: 'kernel', shape: [features as number, units] })
    this.first = this.addWeight({ name: 'first', shape: [units, units] })
    this.second = this.addWeight({ name: 'second', shape: [units, units] })
  }
  override call(x: SymbolicTensor, [a, b]: readonly [SymbolicTensor, SymbolicTensor]) {
    const input = ops.matmul(x, this.kernel)
    const nextA = ops.add(input, ops.matmul(a, this.first))
    const nextB = ops.add(input, ops.matmul(b, this.second))
    return [ops.add(nextA, nextB), [nextA, nextB]] as const
  }
}

/** The cells, one above the other, of these weights; none where there are no weights. */
export function cellsOf(weights: readonly Numbers[]) {
  const widths = weights.map(({ shape }) => shape.at(-1) as number)
  const [units, recurrent, third] = widths
  if (units === undefined || recurrent === undefined) return []
  // A bias is the third.
  if (weights[2]?.shape.length === 1) {
    const cells = widths.filter((_, i) => i % 3 === 0).map((width) => LSTMCell(width / 4))
    return cells
  }
  const isTwo = weights[2]?.shape[0] === weights[2]?.shape[1] && third === units
  const per = isTwo ? 3 : 2
  const cells = widths
    .filter((_, i) => i % per === 0)
    .map((width) => (isTwo ? new TwoStatesCell(width) : new OneStateCell(width)))
  return cells
}
