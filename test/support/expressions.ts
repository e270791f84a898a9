/** The operations that functions of `ops` are made of, with inputs that they take (operations.ts). */
import * as ops from '../../src/ops/index.ts'
import { type Entry, entry } from './operationEntry.ts'
import { classes, uniform } from './values.ts'

/** Fifty-five workgroups of 64 threads, and some. */
const x = [59, 60]

/** Sixty samples of three steps, four classes and two labels. */
const ctcInputs = {
  x: uniform([60, 3, 4], -3, -1),
  labels: classes([60, 2], 3),
  labelLengths: uniform([60], 1, 1),
  lengths: uniform([60], 3, 3),
}

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
  argsort: entry(ops.argsort, { inputs: { x: [2, ...x] }, attrs: { axis: 1 } }),
  random: entry(ops.random, {
    inputs: {},
    attrs: { shape: [59, 60], fn: 'uniform', low: 0, high: 1, seed: 7, isFixed: true },
  }),
  ctc: entry(ops.ctc, { inputs: ctcInputs, attrs: { blank: 0 }, roundings: 4096 }),
  ctcGradient: entry(ops.ctcGradient, {
    inputs: { ...ctcInputs, alpha: uniform([60, 3, 5], -9, -5, 2), dloss: [60] },
    attrs: { blank: 0 },
    read: ['dx'],
    roundings: 4096,
  }),
  takeGradient: entry(ops.takeGradient, {
    inputs: { indices: classes([61], 60), dy: [59, 61] },
    attrs: { axis: 1, isAlong: false, shape: x },
    roundings: 16,
  }),
}
