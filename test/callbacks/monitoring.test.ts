/**
 * Callbacks that watch a number: EarlyStopping and ReduceLROnPlateau on numbers that a callback in front of them puts into the logs, as
 * Keras judges them; the weights of the best epoch; and monitors that do not exist.
 */
import { describe, expect, test, vi } from 'vitest'
import {
  BinaryAccuracy,
  type CallbackHooks,
  EarlyStopping,
  type EarlyStoppingOptions,
  type FitOptions,
  ReduceLROnPlateau,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectError } from '../support/expectError.ts'
import { weightsOf } from '../support/models.ts'
import { line, options, x, y } from './line.ts'

/** Puts a number into the logs of each epoch. */
const scores = (values: readonly number[]): CallbackHooks => ({
  onEpochEnd(epoch, logs) {
    logs.score = values[epoch] ?? Number.NaN
  },
})

const NAN = Number.NaN
describe('EarlyStopping ends a fit', () => {
  test.each<[string, EarlyStoppingOptions, number[], epochs: number]>([
    ['after the first epoch that is no better', {}, [3, 2, 2, 1], 3],
    ['after as many as its patience', { patience: 2 }, [3, 4, 2, 3, 3, 1], 5],
    ['where better is larger', { mode: 'max' }, [1, 2, 1.5, 3], 3],
    ['where a change is less than minDelta', { minDelta: 0.5 }, [3, 2.4, 2.1, 1], 3],
    ['where the baseline is not met', { baseline: 1, patience: 2 }, [3, 3, 3, 3], 2],
    ['not by epochs before startFromEpoch', { startFromEpoch: 2 }, [1, 2, 3, 4, 0], 4],
    ['where the number is none any more', { patience: 1 }, [3, NAN, 2], 2],
  ])('%s', async (_what, given, values, expected) => {
    const stopping = EarlyStopping({ monitor: 'score', mode: 'min', ...given })
    const { epoch, history } = await line().fit(x, y, {
      ...options,
      epochs: values.length,
      callbacks: [scores(values), stopping],
    })
    expect(epoch.length).toBe(expected)
    expect(history.score).toEqual(values.slice(0, expected))
    expect(stopping.stoppedEpoch).toBe(expected < values.length ? expected - 1 : 0)
  })
})

onEachBackend(() => {
  test('the weights of the best epoch are set when the fit ends, by itself too', async () => {
    for (const values of [
      [3, 1, 2, 2, 2],
      [3, 2, 1, 4],
    ]) {
      const model = line()
      const seen: number[][] = []
      const keep = { onEpochEnd: async () => seen.push(await weightsOf(model)) }
      const stopping = EarlyStopping('score', { mode: 'min', patience: 2, restoreBestWeights: true })
      await model.fit(x, y, {
        ...options,
        epochs: values.length,
        callbacks: [scores(values), keep, stopping],
      })
      expect(stopping.bestEpoch).toBe(values.indexOf(1))
      expect(await weightsOf(model)).toEqual(seen[values.indexOf(1)])
      // It trains on from these.
      await model.fit(x, y, options)
      expect(await weightsOf(model)).not.toEqual(seen[values.indexOf(1)])
    }
  })

  test('a callback that throws loses nothing: the weights are those after the last step', async () => {
    const model = line()
    const broken = {
      onEpochEnd(epoch: number) {
        if (epoch === 1) throw new Error('disk full')
      },
    }
    const stopping = EarlyStopping('loss', { restoreBestWeights: true })
    await expect(model.fit(x, y, { ...options, epochs: 5, callbacks: [stopping, broken] })).rejects.toThrow(
      'disk full',
    )
    const twice = line()
    await twice.fit(x, y, { ...options, epochs: 2 })
    expect(await weightsOf(model)).toEqual(await weightsOf(twice))
  })
})

test('ReduceLROnPlateau reduces the rate, rests, and stops at the least', async () => {
  const model = line()
  const { history } = await model.fit(x, y, {
    ...options,
    epochs: 7,
    callbacks: [
      scores([1, 1, 1, 1, 1, 1, 1]),
      ReduceLROnPlateau({
        monitor: 'score',
        mode: 'min',
        factor: 0.5,
        patience: 1,
        cooldown: 1,
        minLr: 0.001,
      }),
    ],
  })
  expect(history.learning_rate).toEqual([0.01, 0.01, 0.005, 0.0025, 0.00125, 0.001, 0.001])
})

describe('a monitor', () => {
  const fitWith = (stopping: CallbackHooks, given: FitOptions = {}) => {
    const model = line(['mae'])
    return model.fit(x, y, { ...options, callbacks: stopping, epochs: 2, ...given })
  }

  test('that does not exist is named, with those that do', async () => {
    await expectError(
      () => fitWith(EarlyStopping('val_los'), { validationSplit: 0.5 }),
      "EarlyStopping: expected monitor to be one of loss, mae, val_loss, val_mae, got 'val_los'. Did you mean 'val_loss'?",
    )
    await expectError(
      () => fitWith(ReduceLROnPlateau()),
      "ReduceLROnPlateau: expected monitor to be one of loss, mae, learning_rate, got 'val_loss'. " +
        'Give fit validationData or a validationSplit, or monitor a number of the training.',
    )
  })

  test('of the validation waits for epochs that are validated, and says so once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const stopping = EarlyStopping({ patience: 9 })
    const reducing = ReduceLROnPlateau({ patience: 9 })
    await fitWith(stopping, {
      ...{ validationSplit: 0.5, validationFreq: 2, epochs: 4 },
      callbacks: [stopping, reducing],
    })
    expect([stopping.wait, stopping.bestEpoch, reducing.best]).toEqual([0, 3, stopping.best])
    const because = 'since epoch 1 is not validated. Such epochs are not counted.'
    expect(warn.mock.calls).toEqual([
      [`EarlyStopping: expected val_loss, got loss, mae, ${because}`],
      [`ReduceLROnPlateau: expected val_loss, got loss, mae, learning_rate, ${because}`],
    ])
    warn.mockRestore()
  })

  test('says by itself which way is better, or must be told', async () => {
    const model = line([BinaryAccuracy({ name: 'hits' })])
    const stopping = EarlyStopping('hits', { patience: 1 })
    const logged = {
      onEpochEnd(epoch: number, logs: Record<string, number>) {
        logs.hits = [0.5, 0.75, 0.6][epoch] ?? 0
      },
    }
    await model.fit(x, y, { ...options, epochs: 3, callbacks: [logged, stopping] })
    expect([stopping.best, stopping.bestEpoch]).toEqual([0.75, 1])
    await expectError(
      () => fitWith(EarlyStopping('score'), { callbacks: [scores([1, 2]), EarlyStopping('score')] }),
      "EarlyStopping: expected a metric that is known to be better when it is smaller, or larger, got monitor 'score' with mode 'auto'. " +
        "Give mode: 'min' or mode: 'max'.",
    )
  })
})
