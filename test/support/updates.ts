// The updates of optimizers with inputs that they take, see operations.ts.

import * as ops from '../../src/ops/index.ts'
import { type Entry, entry } from './operationEntry.ts'
import { uniform } from './values.ts'

/** Fifty-five workgroups of 64 threads, and some. */
const x = [59, 60]
const positive = uniform(x, 0.5, 1)
const weights = { gradients: x, parameters: x }
const epsilon = 1e-3

export const updates: Readonly<Record<string, Entry>> = {
  adamUpdate: entry(ops.adamUpdate, {
    inputs: { ...weights, m: x, v: positive },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 16,
  }),
  sgdUpdate: entry(ops.sgdUpdate, {
    inputs: { ...weights, velocity: x },
    attrs: { momentum: 0.9, nesterov: true },
  }),
  adadeltaUpdate: entry(ops.adadeltaUpdate, {
    inputs: { ...weights, squares: positive, changes: positive },
    attrs: { rho: 0.9, epsilon },
    roundings: 16,
  }),
  adagradUpdate: entry(ops.adagradUpdate, {
    inputs: { ...weights, accumulator: positive },
    attrs: { epsilon },
    roundings: 16,
  }),
  adamaxUpdate: entry(ops.adamaxUpdate, {
    inputs: { ...weights, m: x, norm: positive },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 16,
  }),
  ftrlUpdate: entry(ops.ftrlUpdate, {
    inputs: { ...weights, accumulator: positive, linear: x },
    attrs: { power: 0.5, l1: 0.1, l2: 0.1, shrinkage: 0, beta: 0 },
    roundings: 64,
  }),
  lionUpdate: entry(ops.lionUpdate, {
    inputs: { ...weights, m: x },
    attrs: { beta1: 0.9, beta2: 0.99 },
  }),
  nadamUpdate: entry(ops.nadamUpdate, {
    inputs: { ...weights, m: x, v: positive },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 16,
  }),
  rmspropUpdate: entry(ops.rmspropUpdate, {
    inputs: { ...weights, velocity: positive, sum: x, average: x },
    attrs: { rho: 0.9, momentum: 0.9, epsilon: 2 },
    roundings: 16,
  }),
}
