/**
 * Floats in configs: Keras refuses a momentum of `0` and a learning rate of `1`, which JavaScript cannot tell from `0.0` and `1.0`.
 * An option is a float if it can be a fraction; each such option of each class must be known as one.
 */
import { expect, test, vi } from 'vitest'
import { toSnakeCase } from '../../src/formats/config/snakeCase.ts'
import { floatOptions, kerasJson } from '../../src/formats/keras/kerasJson.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import * as recurra from '../../src/node.ts'
import * as schedules from '../../src/training/schedules/index.ts'
import type { OptionTable } from '../../src/util/options.ts'

/** What classes take that have no default. */
const GIVEN: Readonly<Record<string, object>> = {
  CosineDecay: { initialLearningRate: 1, decaySteps: 10 },
  CosineDecayRestarts: { initialLearningRate: 1, firstDecaySteps: 10 },
  ExponentialDecay: { initialLearningRate: 1, decaySteps: 10, decayRate: 1 },
  InverseTimeDecay: { initialLearningRate: 1, decaySteps: 10, decayRate: 1 },
  IoU: { numClasses: 2, targetClassIds: [0] },
  LossScaleOptimizer: { innerOptimizer: 'sgd' },
  MeanIoU: { numClasses: 2 },
  OneHotIoU: { numClasses: 2, targetClassIds: [0] },
  OneHotMeanIoU: { numClasses: 2 },
  PiecewiseConstantDecay: { boundaries: [1], values: [1, 2] },
  PolynomialDecay: { initialLearningRate: 1, decaySteps: 10 },
  PrecisionAtRecall: { recall: 1 },
  RecallAtPrecision: { precision: 1 },
  SensitivityAtSpecificity: { specificity: 1 },
  SpecificityAtSensitivity: { sensitivity: 1 },
}

type Make = (options: object) => { readonly config?: Readonly<Record<string, unknown>> }

const { optimizers, losses, metrics, regularizers, constraints, initializers } = recurra
const classes = [optimizers, losses, metrics, regularizers, constraints, initializers, schedules]
  .flatMap((family) => Object.entries(family))
  .filter((entry): entry is [string, Make] => /^[A-Z]/.test(entry[0]) && typeof entry[1] === 'function')

const make = (create: Make, options: object): ReturnType<Make> | null => {
  try {
    return create(options)
  } catch {
    return null
  }
}

/** Whether an option reads a number as the number it is. */
const reads = (table: OptionTable, option: string, value: number): boolean => {
  try {
    return table[option]?.read('', option, value) === value
  } catch {
    return false
  }
}

test('every option that can be a fraction is a float in files', () => {
  const seen = classes.flatMap(([name, create]) => {
    const given = GIVEN[name] ?? {}
    const config = make(create, given)?.config ?? {}
    return Object.keys(config)
      .filter((option) => [0.5, 1.5].some((value) => make(create, { ...given, [option]: value }) !== null))
      .map((option) => ({ name, option: toSnakeCase(option) }))
  })
  const ofLayers = [...layerDefinitions].flatMap(([name, { table }]) =>
    Object.keys(table)
      .filter((option) => [0.5, 1.5].some((value) => reads(table, option, value)))
      .map((option) => ({ name, option: toSnakeCase(option) })),
  )
  const all = [...seen, ...ofLayers]
  expect(all.length).toBeGreaterThan(200)
  expect(all.filter(({ option }) => !floatOptions.has(option))).toEqual([])
})

test('the text of a config', () => {
  const config = {
    units: 3,
    rate: 0,
    values: [1, 0.5, 2e-7],
    loss_weights: { a: 1, b: 2 },
    name: 'a "b"\n',
    mean: [[1], [-0]],
    value: 1e20,
    nothing: null,
    flag: true,
  }
  const text = kerasJson(config)
  expect(text).toBe(
    '{"units": 3, "rate": 0.0, "values": [1.0, 0.5, 2e-7], "loss_weights": {"a": 1.0, "b": 2.0}, "name": "a \\"b\\"\\n", ' +
      '"mean": [[1.0], [0.0]], "value": 100000000000000000000, "nothing": null, "flag": true}',
  )
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(config)))
})

test("Keras's own schedules are written without a word about registering them", async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const made = classes.flatMap(([name, create]) => {
    const schedule = make(create, GIVEN[name] ?? {})
    return schedule instanceof schedules.LearningRateSchedule ? [schedule] : []
  })
  expect(made).toHaveLength(6)
  for (const learningRate of made) {
    const model = recurra.Sequential([recurra.Dense(1, { inputShape: [1] })])
    model.compile({ loss: 'mse', optimizer: recurra.Adam({ learningRate }) })
    await model.save()
  }
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})
