/** The operations that functions of `ops` are made of, with inputs that they take (operations.ts). */
import * as ops from '../../src/ops/index.ts'
import { type Entry, entry } from './operationEntry.ts'
import { classes } from './values.ts'

/** Fifty-five workgroups of 64 threads, and some. */
const x = [59, 60]

export const expressions: Readonly<Record<string, Entry>> = {
  pointwise: entry(ops.pointwise, {
    inputs: { a: [44_000], b: [1] },
    attrs: { instructions: [{ code: 2, operands: [0, 1] }], constants: [] },
  }),
  strided: entry(ops.strided, {
    inputs: { x },
    attrs: {
      axes: [
        { count: 59, start: 58, step: -1, spacing: 1 },
        { count: 70, start: -3, step: 1, spacing: 1 },
      ],
      value: 2,
    },
  }),
  fold: entry(ops.fold, { inputs: { x: [2, ...x] }, attrs: { axis: 0, fn: 'max' } }),
  argExtreme: entry(ops.argExtreme, { inputs: { x: [2, ...x] }, attrs: { axis: 0, isMinimum: true } }),
  scan: entry(ops.scan, {
    inputs: { x: [2, ...x] },
    attrs: { axis: 0, fn: 'sum', reverse: true, exclusive: true },
  }),
  take: entry(ops.take, {
    inputs: { x, indices: classes([61], 60) },
    attrs: { axis: 1, isAlong: false },
  }),
  takeGradient: entry(ops.takeGradient, {
    inputs: { indices: classes([61], 60), dy: [59, 61] },
    attrs: { axis: 1, isAlong: false, shape: x },
    roundings: 16,
  }),
}
