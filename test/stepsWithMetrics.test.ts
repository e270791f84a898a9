/** What a fit with validation, metrics and EarlyStopping asks of the device once it is under way, counted on the device itself. */
import { expect, test } from 'vitest'
import {
  Adam,
  Dense,
  EarlyStopping,
  LSTM,
  Metric,
  type MetricResult,
  metrics,
  ops,
  Sequential,
  type SymbolicTensor,
  setBackend,
} from '../src/index.ts'
import { requestCountedDevice } from './support/gpu.ts'
import { countSteps, type DeviceCall, recordDevice } from './support/recordDevice.ts'
import { Gan } from './support/steppedModels.ts'
import { uniform } from './support/values.ts'

const device = await requestCountedDevice()
const { calls } = recordDevice(device)
await setBackend('webgpu', { device })

const NOTHING_MADE = { bindGroup: 0, buffer: 0, pipeline: 0, destroy: 0, pass: 1, submit: 1 }

class Largest extends Metric {
  readonly largest = this.addVariable({ name: 'largest' })
  override updateState(yTrue: SymbolicTensor, yPred: SymbolicTensor): void {
    this.largest.assign(ops.maximum(this.largest, ops.max(ops.abs(ops.subtract(yTrue, yPred)))))
  }
  override result(): MetricResult {
    return this.largest
  }
}

test('with three metrics and EarlyStopping steps make nothing, and an epoch reads back once for each kind of step', async () => {
  const model = Sequential([LSTM(5, { inputShape: [3, 2] }), Dense(1)])
  model.compile({
    loss: 'mse',
    optimizer: 'adam',
    metrics: ['mae', metrics.RootMeanSquaredError(), new Largest()],
  })
  const [rows, batchSize, epochs] = [12, 4, 4]
  const [x, y] = [uniform([rows, 3, 2], -1, 1, 1), uniform([rows, 1], -1, 1, 2)]
  let ofSteps: readonly DeviceCall[] = []
  const { history } = await model.fit(x, y, {
    batchSize,
    epochs,
    validationData: [x, y],
    verbose: 0,
    callbacks: [
      EarlyStopping({ monitor: 'val_loss', patience: epochs }),
      {
        // The first epoch compiles both kinds of steps.
        onEpochEnd: (epoch) => {
          if (epoch === 0) calls.length = 0
        },
        // When the fit has ended, weights are read, so that they outlive the device: that is no part of a step.
        onTrainEnd: () => {
          ofSteps = [...calls]
        },
      },
    ],
  })
  expect(history.val_largest).toHaveLength(epochs)
  const submits = countSteps(ofSteps)
  expect(submits.length).toBeGreaterThanOrEqual(2 * (epochs - 1))
  for (const { bindGroup, buffer, pipeline, destroy, pass, submit } of submits)
    expect({ bindGroup, buffer, pipeline, destroy, pass, submit }).toEqual(NOTHING_MADE)
  const readBacks = submits.reduce((sum, { map }) => sum + map, 0)
  expect(readBacks).toBeGreaterThan(0)
  expect(readBacks).toBeLessThanOrEqual(2 * (epochs - 1))
  model.dispose()
})

test('a step that a class says, with two optimizers and a metric, makes nothing either', async () => {
  const gan = new Gan(Adam(), Adam())
  gan.compile({})
  const rows = 80
  const data = [uniform([rows, 2], -1, 1, 3), uniform([rows, 2], -1, 1, 4)] as const
  calls.length = 0
  await gan.fit(...data, { batchSize: 2, verbose: 0 })
  const [, ...steady] = countSteps(calls)
  expect(steady.length).toBeGreaterThan(0)
  for (const { bindGroup, buffer, pipeline, destroy, pass, submit } of steady)
    expect({ bindGroup, buffer, pipeline, destroy, pass, submit }).toEqual(NOTHING_MADE)
  gan.dispose()
})
