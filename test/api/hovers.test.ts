/**
 * What an editor shows of options: each that works is offered, with a text that says what it does and what it is by default, as
 * the option's table has it. The compiler's own language server is asked.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import { callbackHooks } from '../../src/models/trainer/checkCallbacks.ts'
import { fitOptions } from '../../src/models/trainer/fitSettings.ts'
import type { OptionTable } from '../../src/util/options.ts'
import { LanguageService } from '../support/languageService.ts'
import { isRefused } from '../support/optionKinds.ts'
import { sampled } from '../support/sampled.ts'

const FILE = 'test/edited/options.ts'
const OTHERS = 'test/edited/otherOptions.ts'

/** Functions of the public API and the tables behind their options; not of layers that `recurra/applications` has. */
const tables: readonly (readonly [name: string, table: OptionTable])[] = [...layerDefinitions]
  .map(([className, { table }]) => [className === 'InputLayer' ? 'Input' : className, table] as const)
  .filter(([name]) => name in api)

/** Options that work and are not offered: what they say can only be what is so anyway. */
const KNOWN_ALONE = ['trainable of Input', 'inputShape of Input', 'sparse', 'vocabularySize']

const offeredOf = ([name, table]: (typeof tables)[number]): string[] =>
  Object.entries(table).flatMap(([option, entry]) =>
    isRefused(entry) || [option, `${option} of ${name}`].some((known) => KNOWN_ALONE.includes(known))
      ? []
      : [option],
  )

const calls = tables.map((entry) => ({
  name: entry[0],
  table: entry[1],
  offered: offeredOf(entry),
  text: `api.${entry[0]}({ ${offeredOf(entry)
    .map((option) => `${option}: never`)
    .join(', ')} })`,
}))
/** A program of which the lines from HEAD on are these. The server reads the project anew for each file that is opened, so there are two. */
const programOf = (lines: readonly string[]): string =>
  [
    "import * as api from '../../src/index.ts'",
    'declare const never: never',
    'const model = api.Sequential()',
    ...lines,
  ].join('\n')
const HEAD = 3

let service: LanguageService
beforeAll(async () => {
  service = await LanguageService.start()
  service.open(FILE, programOf(calls.map((call) => call.text)))
  service.open(OTHERS, programOf(otherLines))
})
afterAll(() => service.stop())

test.each(
  sampled(
    calls.map((call, index) => [call.name, call, index] as const),
    6,
  ),
)('%s', async (_name, { table, offered, text }, index) => {
  for (const option of offered) {
    const character = text.indexOf(` ${option}:`) + 1
    const shown = await service.hover(FILE, { line: HEAD + index, character })
    expect(shown.signature).toContain(option)
    expect(shown.text, `the text of ${option}`).toMatch(/\w.*[.…]$/s)
    const fallback = table[option]?.fallback
    if (['boolean', 'number', 'string'].includes(typeof fallback)) {
      const literal = typeof fallback === 'string' ? `'${fallback}'` : String(fallback)
      expect(shown.text, `the default of ${option}`).toContain(`\`${literal}\``)
    }
  }
})

/** Methods and functions whose tables are their modules' own, with what an editor shows of their options. */
const others: readonly (readonly [call: string, options: readonly string[]])[] = [
  ['model.compile(OPTIONS)', ['optimizer', 'loss', 'metrics', 'weightedMetrics', 'autoScaleLoss']],
  ['model.fit([], [], OPTIONS)', Object.keys(fitOptions)],
  ['model.fit([], [], { callbacks: [OPTIONS] })', Object.keys(callbackHooks)],
  ['model.evaluate([], [], OPTIONS)', ['batchSize', 'verbose', 'callbacks', 'sampleWeight', 'steps']],
  ['model.predict([], OPTIONS)', ['batchSize', 'callbacks', 'steps', 'verbose']],
  [
    'api.EarlyStopping(OPTIONS)',
    [
      'monitor',
      'minDelta',
      'patience',
      'verbose',
      'mode',
      'baseline',
      'restoreBestWeights',
      'startFromEpoch',
    ],
  ],
  [
    'api.ReduceLROnPlateau(OPTIONS)',
    ['monitor', 'factor', 'patience', 'verbose', 'mode', 'minDelta', 'cooldown', 'minLr'],
  ],
  ['api.LearningRateScheduler((_epoch, rate) => rate, OPTIONS)', ['verbose']],
  ['api.TerminateOnNaN(OPTIONS)', ['raiseError']],
  [
    "api.ModelCheckpoint('a.keras', OPTIONS)",
    ['monitor', 'mode', 'verbose', 'saveBestOnly', 'saveWeightsOnly', 'saveFreq', 'initialValueThreshold'],
  ],
  ["api.BackupAndRestore('a', OPTIONS)", ['saveFreq', 'doubleCheckpoint', 'deleteCheckpoint']],
  ["api.CSVLogger('a.csv', OPTIONS)", ['separator', 'append']],
  ['api.RemoteMonitor(OPTIONS)', ['root', 'path', 'field', 'headers', 'sendAsJson']],
  ["api.TensorBoard('logs', OPTIONS)", ['histogramFreq', 'writeGraph', 'writeStepsPerSecond', 'updateFreq']],
  ['api.CallbackList([], OPTIONS)', ['addHistory', 'addProgbar', 'model', 'verbose', 'epochs', 'steps']],
  ['api.LambdaCallback(OPTIONS)', Object.keys(callbackHooks)],
  ['model.trainOnBatch([], [], OPTIONS)', ['sampleWeight', 'classWeight']],
  ['model.plan(OPTIONS)', ['batchSize', 'training']],
  [
    'model.summary(OPTIONS)',
    ['expandNested', 'layerRange', 'lineLength', 'positions', 'printFn', 'showTrainable'],
  ],
  ['model.profile([], [], OPTIONS)', ['repeats']],
  ['api.Sequential([], OPTIONS)', ['name']],
  ["api.loadModel('', OPTIONS)", ['compile']],
  ["api.LossScaleOptimizer('sgd', OPTIONS)", ['initialScale', 'dynamicGrowthSteps', 'name']],
  [
    'api.initializers.VarianceScaling(OPTIONS)',
    ['scale', 'mode', 'distribution', 'seed', 'inputAxes', 'outputAxes'],
  ],
  [
    'api.AdamW(OPTIONS)',
    [
      'weightDecay',
      'clipnorm',
      'clipvalue',
      'globalClipnorm',
      'useEma',
      'emaMomentum',
      'emaOverwriteFrequency',
      'lossScaleFactor',
      'gradientAccumulationSteps',
    ],
  ],
  // A schedule may stand in the place of the options, and the editor mixes `name` with that of functions.
  ['api.Adam(OPTIONS)', ['learningRate', 'beta1', 'beta2', 'epsilon', 'amsgrad']],
  ['api.RMSprop(OPTIONS)', ['rho', 'momentum', 'epsilon', 'centered']],
  ['api.Adafactor(OPTIONS)', ['beta2Decay', 'epsilon1', 'epsilon2', 'clipThreshold', 'relativeStep']],
  ['api.Ftrl(OPTIONS)', ['learningRatePower', 'initialAccumulatorValue', 'beta']],
  [
    'api.Muon(OPTIONS)',
    ['adamBeta1', 'adamBeta2', 'adamWeightDecay', 'epsilon', 'excludeLayers', 'excludeEmbeddings'],
  ],
  [
    'api.Muon(OPTIONS)',
    ['muonA', 'muonB', 'muonC', 'adamLrRatio', 'momentum', 'nsSteps', 'nesterov', 'rmsRate'],
  ],
  ['api.SGD(OPTIONS)', ['learningRate', 'momentum', 'nesterov']],
  ['api.ExponentialDecay(OPTIONS)', ['initialLearningRate', 'decaySteps', 'decayRate', 'staircase', 'name']],
  ['api.InverseTimeDecay(OPTIONS)', ['initialLearningRate', 'decaySteps', 'decayRate', 'staircase', 'name']],
  [
    'api.PolynomialDecay(OPTIONS)',
    ['initialLearningRate', 'decaySteps', 'endLearningRate', 'power', 'cycle', 'name'],
  ],
  ['api.PiecewiseConstantDecay(OPTIONS)', ['boundaries', 'values', 'name']],
  [
    'api.CosineDecay(OPTIONS)',
    ['initialLearningRate', 'decaySteps', 'alpha', 'warmupTarget', 'warmupSteps', 'name'],
  ],
  [
    'api.CosineDecayRestarts(OPTIONS)',
    ['initialLearningRate', 'firstDecaySteps', 'tMul', 'mMul', 'alpha', 'name'],
  ],
  // What `reduction` is decides what the loss is, so that two types say it, of which TypeScript 7 shows no text.
  ['api.Huber(OPTIONS)', ['delta', 'name']],
  ['api.BinaryCrossentropy(OPTIONS)', ['fromLogits', 'labelSmoothing', 'axis', 'name']],
  ['api.SparseCategoricalCrossentropy(OPTIONS)', ['fromLogits', 'axis', 'name']],
  ['api.BinaryAccuracy(OPTIONS)', ['threshold', 'name', 'dtype']],
  ['api.Precision(OPTIONS)', ['thresholds', 'topK', 'classId', 'name']],
  ['api.AUC(OPTIONS)', ['numThresholds', 'curve', 'summationMethod', 'thresholds', 'fromLogits', 'name']],
  ['api.Dense(1)(api.Input([1]), OPTIONS)', ['initialState', 'training']],
]

const otherLines = others.map(([call, options]) =>
  call.replace('OPTIONS', `{ ${options.map((option) => `${option}: never`).join(', ')} }`),
)

test.each(others.map(([call, options], index) => [call, options, index] as const))(
  '%s',
  async (_call, options, index) => {
    for (const option of options) {
      const character = otherLines[index]?.indexOf(` ${option}:`) ?? -1
      const { text } = await service.hover(OTHERS, { line: HEAD + index, character: character + 1 })
      expect(text, `the text of ${option}`).toMatch(/\w.*[.…]$/s)
    }
  },
)
