/** What a fit with callbacks asks of the device, counted on the device itself. */
import { expect, test } from 'vitest'
import { Dense, EarlyStopping, LSTM, Sequential, setBackend } from '../../src/index.ts'
import { requestCountedDevice } from '../support/gpu.ts'
import { type CallCounts, countSteps, recordDevice } from '../support/recordDevice.ts'
import { uniform } from '../support/values.ts'

const device = await requestCountedDevice()
const { calls } = recordDevice(device)
await setBackend('webgpu', { device })

test('a fit with validation, metrics and EarlyStopping makes nothing between steps, and waits once an epoch', async () => {
  const [time, features, batchSize, epochs] = [16, 3, 32, 4]
  const model = Sequential([LSTM(8, { inputShape: [time, features] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae', 'accuracy', 'mse'] })
  const [x, y] = [uniform([4 * batchSize, time, features], -1, 1), uniform([4 * batchSize, 1], -1, 1, 2)]
  const stopping = EarlyStopping({ patience: 9, minDelta: 0, restoreBestWeights: true })
  const given = { batchSize, verbose: 0, validationSplit: 0.5, callbacks: stopping } as const
  await model.fit(x, y, given)
  // What a fit leaves on the device is read back after it.
  for (let before = -1; before < calls.length; ) {
    before = calls.length
    await device.queue.onSubmittedWorkDone()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  calls.length = 0
  await model.fit(x, y, { ...given, epochs })
  const steps = countSteps(calls)
  const total = (of: keyof CallCounts): number => steps.reduce((sum, each) => sum + each[of], 0)
  // One buffer for the best weights, which goes on through the fit, and two read-backs an epoch, which are awaited together: those of
  // the last validation and of the best weights come after the last submit.
  expect([total('bindGroup'), total('pipeline'), total('buffer'), total('map')]).toEqual([
    0,
    0,
    1,
    2 * epochs - 1,
  ])
  for (const { pass, submit } of steps) expect([pass, submit]).toEqual([1, 1])
  model.dispose()
})
