// What makes callbacks: of which kind arguments and options are.

import * as api from '../../../src/index.ts'
import {
  atLeastZero,
  finite,
  flag,
  integer,
  kind,
  nullable,
  oneOf,
  positiveInteger,
  share,
  text,
  unsupported,
} from '../kinds.ts'
import { absent, type PublicCall, plain } from './call.ts'

const isCount = (value: unknown): boolean => integer.accepts(value) && Number(value) < 2 ** 32
const epochs = kind([0, 3], isCount)
const verbose = kind(
  [0, 1, true],
  (value) => typeof value === 'boolean' || [0, 1, 2].includes(value as number),
)
const monitor = kind(['val_loss'], (value) => value === undefined || text.accepts(value))
const monitored = { mode: oneOf('auto', 'min', 'max'), minDelta: finite, verbose }
const isFunction = (value: unknown): boolean => typeof value === 'function'
const isNone = (value: unknown): boolean => value === undefined || value === null
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !Object.keys(value).length
const saveFreq = kind(['epoch', 3], (value) => value === 'epoch' || positiveInteger.accepts(value))
const hook = nullable(kind([() => undefined], (value) => typeof value === 'function'))

export const callbacks: readonly PublicCall[] = [
  {
    name: 'EarlyStopping',
    args: [monitor],
    options: {
      ...monitored,
      patience: epochs,
      baseline: nullable(finite),
      restoreBestWeights: flag,
      startFromEpoch: epochs,
    },
    call: plain(api.EarlyStopping),
  },
  { name: 'SwapEMAWeights', args: [], options: { swapOnEpoch: flag }, call: plain(api.SwapEMAWeights) },
  {
    name: 'ReduceLROnPlateau',
    args: [monitor],
    options: { ...monitored, factor: share, patience: epochs, cooldown: epochs, minLr: atLeastZero },
    call: plain(api.ReduceLROnPlateau),
  },
  {
    name: 'LearningRateScheduler',
    args: [kind([(_epoch: number, rate: number) => rate], (value) => typeof value === 'function')],
    options: { verbose },
    call: plain(api.LearningRateScheduler),
  },
  {
    name: 'ModelCheckpoint',
    args: [kind([() => undefined, 'a.keras'], isFunction, ['a.json'])],
    options: {
      mode: oneOf('auto', 'min', 'max'),
      monitor: text,
      verbose,
      saveBestOnly: flag,
      saveWeightsOnly: flag,
      saveFreq,
      initialValueThreshold: nullable(finite),
    },
    call: plain(api.ModelCheckpoint),
  },
  {
    name: 'loadCheckpoint',
    args: [kind([]), kind([])],
    call: plain(api.loadCheckpoint),
  },
  {
    name: 'BackupAndRestore',
    args: [text],
    options: { saveFreq, doubleCheckpoint: flag, deleteCheckpoint: flag },
    call: plain(api.BackupAndRestore),
  },
  {
    name: 'CSVLogger',
    args: [
      kind(['a.csv'], (value) => isNone(value) || isFunction(value) || text.accepts(value) || isEmpty(value)),
    ],
    options: {
      separator: kind([';'], (value) => typeof value === 'string' && value.length === 1),
      append: flag,
    },
    call: plain(api.CSVLogger),
  },
  {
    name: 'RemoteMonitor',
    args: [kind(['http://a'], (value) => value === undefined || text.accepts(value) || isEmpty(value))],
    options: {
      path: text,
      field: text,
      headers: nullable(kind([{ a: 'b' }], isEmpty, [{ a: 1 }])),
      sendAsJson: flag,
    },
    call: plain(api.RemoteMonitor),
  },
  {
    name: 'TensorBoard',
    args: [kind(['logs'], (value) => value === undefined || text.accepts(value) || isEmpty(value))],
    options: {
      histogramFreq: epochs,
      writeGraph: flag,
      writeImages: unsupported(false),
      writeStepsPerSecond: flag,
      updateFreq: kind(
        ['epoch', 'batch', 3],
        (value) => value === 'epoch' || value === 'batch' || positiveInteger.accepts(value),
      ),
      profileBatch: unsupported(0),
      embeddingsFreq: unsupported(0),
      embeddingsMetadata: absent,
    },
    call: plain(api.TensorBoard),
  },
  {
    name: 'CallbackList',
    args: [
      kind(
        [[], [{ onEpochEnd: () => undefined }]],
        (value) => isNone(value) || isEmpty(value) || (Array.isArray(value) && value.length === 0),
      ),
    ],
    options: {
      addHistory: flag,
      addProgbar: flag,
      model: nullable(kind([])),
      verbose: oneOf(0, 1, 2),
      epochs: positiveInteger,
      steps: nullable(positiveInteger),
    },
    call: plain(api.CallbackList),
  },
  { name: 'TerminateOnNaN', args: [], options: { raiseError: flag }, call: plain(api.TerminateOnNaN) },
  {
    name: 'LambdaCallback',
    args: [],
    options: { onTrainBegin: hook, onEpochEnd: hook, onPredictBatchEnd: hook },
    call: plain(api.LambdaCallback),
  },
]
