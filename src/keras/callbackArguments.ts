// Arguments of callbacks: by place as Keras takes them, and what Keras 2 wrote.

import { ModelCheckpoint } from '../callbacks/index.ts'
import { FormatError } from '../formats/formatError.ts'
import { checkLegacyModel } from '../formats/keras/writeLegacyModel.ts'
import type { LayersModel } from '../models/model.ts'
import { CallbackBase } from '../training/callback.ts'

/** The arguments that Keras takes by place, by callback. */
const ORDERS: Readonly<Record<string, string>> = {
  ModelCheckpoint: 'filepath monitor verbose saveBestOnly saveWeightsOnly mode saveFreq',
  EarlyStopping: 'monitor minDelta patience verbose mode baseline restoreBestWeights startFromEpoch',
  ReduceLROnPlateau: 'monitor factor patience verbose mode minDelta cooldown minLr',
  LearningRateScheduler: 'schedule verbose',
  CSVLogger: 'filename separator append',
  TensorBoard: 'logDir',
}

/** Names of a callback's arguments by place; null where it is called otherwise. */
export const orderOfCallback = (name: string): readonly string[] | null => ORDERS[name]?.split(' ') ?? null

/** Options of old that say how Keras wrote, and nothing of what. */
const GONE: Readonly<Record<string, readonly string[]>> = {
  ModelCheckpoint: ['period'],
  TensorBoard: ['batchSize', 'writeGrads', 'embeddingsLayerNames', 'embeddingsData'],
}

/** What Keras 2 wrote behind a model's name, and behind that of its weights. */
const OLD_ENDING = /(\.weights)?\.(h5|hdf5|hdf|tf|ckpt|keras|weights)$/

/** A file's name with the ending that a checkpoint has today. */
function nameOfToday(filepath: string, isOfWeights: boolean): string {
  const plain = filepath.replace(OLD_ENDING, '')
  if (isOfWeights) return `${plain}.weights.h5`
  return /\.(h5|hdf5|hdf)$/.test(filepath) && !filepath.endsWith('.weights.h5')
    ? `${plain}.h5`
    : `${plain}.keras`
}

/** Options that are not here, and without which the callback does the rest of its work. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  TensorBoard: ['writeImages', 'profileBatch', 'embeddingsFreq', 'embeddingsMetadata'],
}

type Options = Readonly<Record<string, unknown>>

/** The options of a callback of which it is to be told that they are not here. */
export const optionsNotHere = (name: string, options: Options): readonly string[] =>
  (LEFT_OUT[name] ?? []).filter((key) => Boolean(options[key]) && !isOff(key, options[key]))

/** Keras profiles batches of one's choice; 2 was the default of old, which texts write out. */
const isOff = (key: string, value: unknown): boolean => key === 'profileBatch' && value === 2

/**
 * The options of a callback as they are today. Files of checkpoints end as their format does: `.keras`, `.h5` of a whole model,
 * `.weights.h5`.
 */
export function callbackOfToday(name: string, options: Options): Record<string, unknown> {
  const gone = [...(GONE[name] ?? []), ...(LEFT_OUT[name] ?? [])]
  const others = Object.fromEntries(Object.entries(options).filter(([key]) => !gone.includes(key)))
  // Whatever is above 0 tells.
  if (typeof others.verbose === 'number') others.verbose = Math.min(others.verbose, 1)
  const { filepath } = others
  if (name !== 'ModelCheckpoint') return others
  if (typeof filepath !== 'string' || filepath === '') return others
  return { ...others, filepath: nameOfToday(filepath, options.saveWeightsOnly === true) }
}

/**
 * Checkpoints of a model of which Keras has no `.h5` are `.keras` files, which is told. The callbacks are changed in place.
 */
export function namesForModel(callbacks: unknown, model: LayersModel, tell: (message: string) => void): void {
  for (const callback of Array.isArray(callbacks) ? callbacks : []) {
    if (!(callback instanceof ModelCheckpoint) || callback.saveWeightsOnly) continue
    const { filepath } = callback
    if (typeof filepath !== 'string' || !filepath.endsWith('.h5')) continue
    try {
      checkLegacyModel(model, false, 'ModelCheckpoint')
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      const name = nameOfToday(filepath.replace(OLD_ENDING, ''), false)
      Object.assign(callback, { filepath: name })
      tell(`an .h5 cannot hold this model: checkpoints go to "${name}"`)
    }
  }
}

/** Keras 2's `period` of a checkpoint: of so many epochs the last one is looked at. The callback is changed in place. */
export function everyEpochs(checkpoint: unknown, period: unknown): void {
  if (!(checkpoint instanceof CallbackBase) || typeof period !== 'number' || period <= 1) return
  const save = checkpoint.onEpochEnd.bind(checkpoint)
  let since = 0
  checkpoint.onEpochEnd = (epoch, logs) => {
    since++
    if (since < period) return
    since = 0
    return save(epoch, logs)
  }
}
