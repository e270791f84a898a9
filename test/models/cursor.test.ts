/** Training that is entered again in the middle of an epoch, with the values as they were there, goes on to the same bits. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { BatchNormalization, type CallbackHooks, Dense, Input, LSTM, setSeed } from '../../src/index.ts'
import { readValues } from '../../src/layers/weights/variableValues.ts'
import { Call } from '../../src/models/call.ts'
import type { ModelCore } from '../../src/models/core.ts'
import { FunctionalModel } from '../../src/models/functional.ts'
import { type Position, trainOnAny } from '../../src/models/trainer/anyFit.ts'
import type { FitOptions } from '../../src/models/trainer/fitOptions.ts'
import { onEachBackend } from '../support/backends.ts'
import { once } from '../support/once.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

class Opened extends FunctionalModel {
  get opened(): ModelCore {
    return this.graph
  }
}

const ROWS = 24
const [x, y] = [uniform([ROWS, 3, 2], -1, 1, 1), uniform([ROWS, 1], -1, 1, 2)]

/** A core with a state of each kind: slots, states, moving means, masks that depend on the step. */
function build(): ModelCore {
  setSeed(5)
  const input = Input({ batchShape: [4, 3, 2] })
  const h = LSTM(3, { stateful: true, dropout: 0.3, recurrentDropout: 0.2 })(input)
  const model = new Opened([input], [Dense(1)(BatchNormalization()(h))], {})
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model.opened
}

/** Lowers the rate after an epoch without progress, and ends the training after the second such. */
function plateau(core: () => ModelCore): CallbackHooks {
  let best = Number.POSITIVE_INFINITY
  let waited = 0
  return {
    onEpochEnd(_epoch, { loss = 0 }) {
      if (loss < 0.9 * best) {
        best = loss
        return
      }
      const { optimizer } = core()
      if (optimizer) optimizer.learningRate *= 0.5
      core().stopTraining = ++waited === 2
    },
  }
}

/** All numbers that training changes. */
async function numbersOf(core: ModelCore): Promise<number[][]> {
  const variables = [...core.variables, ...(core.optimizer?.variables ?? [])]
  await readValues(variables)
  return variables.map(({ value }) => [...value])
}

function setNumbers(core: ModelCore, numbers: readonly number[][]): void {
  core.buildOptimizer()
  const variables = [...core.variables, ...(core.optimizer?.variables ?? [])]
  expect(variables.length).toBe(numbers.length)
  for (const [i, variable] of variables.entries()) {
    variable.value = Float32Array.from(numbers[i] ?? [])
    variable.home = null
  }
}

interface Left {
  readonly position: Position
  readonly numbers: readonly number[][]
  readonly learningRate: number
}

/** Trains until so many submits of at most two steps have been handed over. */
async function trainUntil(core: ModelCore, options: FitOptions, submits: number): Promise<Left> {
  const run = Call.prototype.run
  let left: Left | null = null
  let count = 0
  vi.spyOn(Call.prototype, 'run').mockImplementation(async function (this: Call, ...args) {
    if (this.role !== 'fit' || count++ < submits) return run.apply(this, args)
    const { cursor } = core.fit ?? expect.fail('no fit runs')
    left = {
      position: { cursor: JSON.parse(JSON.stringify(cursor)), totals: await this.readTotals() },
      numbers: await numbersOf(core),
      learningRate: core.optimizer?.learningRate ?? 0,
    }
    throw new Error('interrupted')
  })
  await expect(trainOnAny(core, x, y, options)).rejects.toThrow('interrupted')
  vi.mocked(Call.prototype.run).mockRestore()
  return left ?? expect.fail('it was not interrupted')
}

type Make = (core: () => ModelCore) => FitOptions
const cases: readonly (readonly [string, Make])[] = [
  ['running ahead', () => ({ epochs: 4 })],
  ['with passes over several epochs', () => ({ epochs: 5, stepsPerEpoch: 4, initialEpoch: 1 })],
  ['in the order of the samples', () => ({ epochs: 2, shuffle: false })],
  [
    'with validation, a falling rate and an early end',
    (core) => ({ epochs: 12, validationSplit: 1 / 6, callbacks: plateau(core) }),
  ],
  ['with hooks of batches', () => ({ epochs: 2, callbacks: { onTrainBatchEnd() {} } })],
]

onEachBackend((name) => {
  afterEach(() => void vi.restoreAllMocks())

  describe.each(cases)('%s', (_what, make) => {
    const given = { verbose: 0, batchSize: 4 } as const
    /** A training that nothing interrupts. */
    const whole = () =>
      once(make, name, async () => {
        const core = build()
        const { history, epoch } = await trainOnAny(core, x, y, { ...given, ...make(() => core) })
        const expected = await numbersOf(core)
        core.dispose()
        return { history, epoch, expected }
      })

    test.each(sampledOnGpu(name, [1, 2, 5], 3))('entered again after %i submits', async (submits) => {
      vi.spyOn(Call.prototype, 'stepsAtOnce').mockReturnValue(2)
      const { history, epoch, expected } = await whole()
      let current = build()
      const options = { ...given, ...make(() => current) }
      const left = await trainUntil(current, options, submits)
      const { cursor } = left.position
      const again = build()
      setNumbers(again, left.numbers)
      if (again.optimizer) again.optimizer.learningRate = left.learningRate
      // What a callback remembers is the user's, and goes on.
      current = again
      const rest = await trainOnAny(again, x, y, options, left.position)
      expect(rest.epoch).toEqual(epoch.filter((e) => e >= cursor.epoch))
      for (const [name, values] of Object.entries(history))
        expect(rest.history[name], name).toEqual(values?.slice(cursor.epoch - (epoch[0] ?? 0)))
      expect(await numbersOf(again)).toEqual(expected)
      again.dispose()
    })
  })
})
