// Activations of the LSTM by every strategy: those whose slope is read off the result, and off the argument.
import { test } from 'vitest'
import { recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { webgpu } from '../support/compareBackends.ts'
import { checkFunctions } from '../support/lstmFunctions.ts'

const strategies = recurrentStrategies(
  { batch: 1, units: 4, gates: 4, hasTiles: true, drops: false },
  webgpu.traits,
)

test.each(
  strategies.flatMap((strategy) => [
    [strategy, 'relu', 'hard_sigmoid'] as const,
    [strategy, 'silu', 'mish'] as const,
  ]),
)('%s with %s and %s', checkFunctions)
