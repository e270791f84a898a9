// The cells of other libraries' tests of RNN: by name, or by the weights that the recording has.

import * as api from '../../src/index.ts'
import { Cell, LSTMCell, ops, random, type Shape, type SymbolicTensor, type Weight } from '../../src/index.ts'
import type { Described, Numbers } from './cases.ts'
import { makerOf } from './measures.ts'

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

/** The same of a half of the inputs and of the states, which are drawn. */
class DroppedStateCell extends OneStateCell {
  override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
    return super.call(random.dropout(x, 0.5), [random.dropout(h, 0.5)])
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

/** Adds the mean of all that comes in, the other samples included, to each state; the output is minus the first. */
class MeanCell extends Cell {
  constructor(override readonly stateSize: readonly number[]) {
    super()
  }
  override call(x: SymbolicTensor, states: readonly SymbolicTensor[]) {
    const mean = ops.mean(x)
    const next = states.map((state) => ops.add(state, mean)) as [SymbolicTensor, ...SymbolicTensor[]]
    return [ops.negative(next[0]), next] as const
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

/** A cell by its name in a completed recording. */
export function namedCell({ className, options }: Described) {
  const units = options.units as number
  switch (className) {
    case 'OneState':
      return new OneStateCell(units)
    case 'DroppedState':
      return new DroppedStateCell(units)
    case 'TwoStates':
      return new TwoStatesCell(units)
    case 'MeanCell':
      return new MeanCell(options.stateSize as number[])
  }
  return makerOf(api, className)(options) as OneStateCell
}
