// What makes callbacks: of which kind arguments and options are.

import * as api from '../../../src/index.ts'
import { atLeastZero, finite, flag, integer, kind, nullable, oneOf, share, text } from '../kinds.ts'
import { type PublicCall, plain } from './call.ts'

const isCount = (value: unknown): boolean => integer.accepts(value) && Number(value) < 2 ** 32
const epochs = kind([0, 3], isCount)
const verbose = kind(
  [0, 1, true],
  (value) => typeof value === 'boolean' || [0, 1, 2].includes(value as number),
)
const monitor = kind(['val_loss'], (value) => value === undefined || text.accepts(value))
const monitored = { mode: oneOf('auto', 'min', 'max'), minDelta: finite, verbose }
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
  { name: 'TerminateOnNaN', args: [], options: { raiseError: flag }, call: plain(api.TerminateOnNaN) },
  {
    name: 'LambdaCallback',
    args: [],
    options: { onTrainBegin: hook, onEpochEnd: hook, onPredictBatchEnd: hook },
    call: plain(api.LambdaCallback),
  },
]
