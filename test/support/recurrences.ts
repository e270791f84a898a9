/** The operations of recurrences with inputs that they take. */
import { wholeShape } from '../../src/graph/parts.ts'
import * as ops from '../../src/ops/index.ts'
import type { Shape } from '../../src/util/shape.ts'
import { type Entry, entry, summed } from './operationEntry.ts'

/** Two states in one tensor without anything between them. */
const states = (state: Shape): Shape => wholeShape(state, 2)

const gated = { activation: 1, recurrentActivation: 2, reverse: false }
const backward = { lastOnly: false, wantsInitial: true }
const frames = [9, 2, 8, 8]

/** What the gradient of a cell with the three gates of a GRU reads. */
const ofThreeGates = {
  recurrentKernel: [8, 24],
  hidden: [264, 2, 8],
  initial: [264, 8],
  dh: [264, 2, 8],
  stored: [264, 2, 24],
}

export const recurrences: Readonly<Record<string, Entry>> = {
  lstm: entry(ops.lstm, {
    inputs: { z: [260, 2, 64], recurrentKernel: [8, 64], initial: states([260, 16]) },
    attrs: { ...gated, directions: 2 },
    roundings: 32,
  }),
  lstmGradient: entry(ops.lstmGradient, {
    inputs: {
      recurrentKernel: [8, 32],
      cells: [264, 2, 8],
      initial: states([264, 8]),
      dh: [264, 2, 8],
      dLast: [264, 8],
      stored: [264, 2, 32],
    },
    attrs: { ...gated, ...backward },
    roundings: 64,
  }),
  gru: entry(ops.gru, {
    inputs: { z: [260, 2, 48], recurrentKernel: [8, 48], initial: [260, 16], bias: [2, 48] },
    attrs: { ...gated, directions: 2 },
    roundings: 32,
  }),
  gruGradient: entry(ops.gruGradient, {
    inputs: { ...ofThreeGates, storedInner: [264, 2, 8] },
    attrs: { ...gated, ...backward },
    roundings: 64,
  }),
  gruResetBefore: entry(ops.gruResetBefore, {
    inputs: { z: [260, 2, 48], recurrentKernel: [8, 48], initial: [260, 16] },
    attrs: { ...gated, directions: 2 },
    roundings: 32,
  }),
  gruResetBeforeGradient: entry(ops.gruResetBeforeGradient, {
    inputs: ofThreeGates,
    attrs: { ...gated, ...backward },
    roundings: 64,
  }),
  simpleRnn: entry(ops.simpleRnn, {
    inputs: { z: [260, 2, 16], recurrentKernel: [8, 16], initial: [260, 16] },
    attrs: { ...gated, directions: 2 },
    roundings: 32,
  }),
  simpleRnnGradient: entry(ops.simpleRnnGradient, {
    inputs: {
      recurrentKernel: [8, 8],
      dh: [264, 2, 8],
      stored: [264, 2, 8],
    },
    attrs: { ...gated, ...backward },
    roundings: 64,
  }),
  recurrentKernelGradient: entry(ops.recurrentKernelGradient, {
    inputs: { h: [60, 5, 132], h0: [60, 132], dz: [60, 5, 140] },
    attrs: { reverse: true },
    read: ['dR'],
    ...summed,
  }),
  addLastTimestep: entry(ops.addLastTimestep, { inputs: { x: [20, 3, 60], z: [20, 60] }, attrs: { at: 2 } }),
  convLstm: entry(ops.convLstm, {
    inputs: { z: [9, 2, 8, 8, 16], recurrentKernel: [3, 3, 4, 16], initial: states([9, 8, 8, 4]) },
    attrs: gated,
    roundings: 64,
  }),
  convLstmGradient: entry(ops.convLstmGradient, {
    inputs: {
      recurrentKernel: [3, 3, 4, 16],
      cells: [...frames, 4],
      initial: states([9, 8, 8, 4]),
      dh: [...frames, 4],
      dLast: [9, 8, 8, 4],
      stored: [...frames, 16],
    },
    attrs: { ...gated, ...backward },
    roundings: 256,
  }),
  convRecurrentKernelGradient: entry(ops.convRecurrentKernelGradient, {
    inputs: { h: [...frames, 8], dz: [...frames, 32] },
    attrs: { reverse: false, window: [3, 3, 8, 32] },
    ...summed,
  }),
}
