// Recurrences whose time steps are not all valid, by a strategy of each kind, and in long runs by every one: forward and back, in both
// directions at once, with initial states, in chunks and with recurrent dropout. Masks have gaps, at either end, and over a whole row.
import { expect, test } from 'vitest'
import { convLstm } from '../../src/ops/convLstm.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { simpleRnn } from '../../src/ops/simpleRnn.ts'
import { checkOp } from '../support/checkOp.ts'
import { fromStates } from '../support/fromStates.ts'
import {
  attrs,
  batch,
  checkMaskedGru,
  checkMaskedGruResetBefore,
  inChunks,
  inputs,
  inputsOf,
  isOfEachKind,
  MASK,
  onCopy,
  roundings,
  strategiesOf,
  time,
  units,
} from '../support/maskedCases.ts'
import { chosen } from '../support/sampled.ts'

const masked = onCopy(fromStates(lstm))

// Strategies read masks, not cells: one that keeps its weights, and one of several launches.
test.each(chosen(strategiesOf(4), isOfEachKind))('LSTM %s', async (strategy) => {
  const { outputs } = await checkOp(masked, {
    inputs,
    ...inChunks(4, strategy),
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
  })
  const width = 2 * units
  const rowAt = (b: number, t: number) => [...outputs.h.subarray((b * time + t) * width).subarray(0, width)]
  expect(rowAt(0, 4).slice(units)).toEqual(rowAt(0, 3).slice(units))
  expect(rowAt(1, 2).slice(0, units)).toEqual(rowAt(1, 4).slice(0, units))
})

// The kinds are tried by the LSTM; another cell is tried in one launch.
test.each(chosen(strategiesOf(3), (strategy) => strategy === 'registers'))('GRU %s', checkMaskedGru)

// A cell with strategies of its own.
test.each(chosen(strategiesOf(3), (strategy) => strategy === 'timestep'))(
  'GRU with the reset gate before the product, %s',
  checkMaskedGruResetBefore,
)

// A cell that hands nothing on beside R·dz.
test.each(chosen(['streamed', 'timestep'], (strategy) => strategy === 'timestep'))(
  'SimpleRNN %s',
  async (strategy) => {
    await checkOp(onCopy(fromStates(simpleRnn)), {
      inputs: inputsOf(1),
      ...inChunks(1, strategy),
      read: ['h', 'hLast'],
      by: ['z', 'recurrentKernel', 'h0'],
    })
  },
)

test('from zeros, the last state alone', async () => {
  const { h0: _, c0: __, ...given } = inputs
  await checkOp(masked, { inputs: given, attrs, read: ['hLast'], by: ['z', 'recurrentKernel'], roundings })
})

test('states of space', async () => {
  await checkOp(onCopy(fromStates(convLstm)), {
    inputs: {
      z: [batch, time, 2, 3, 8],
      recurrentKernel: [2, 3, 2, 8],
      mask: MASK,
      h0: [batch, 2, 3, 2],
      c0: [batch, 2, 3, 2],
    },
    attrs: { ...attrs, directions: 1 },
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings,
  })
})
