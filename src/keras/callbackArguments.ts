// Arguments of callbacks: by place as Keras takes them, and what Keras 2 wrote.

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
  TensorBoard: ['batchSize', 'writeGrads', 'embeddingsLayerNames', 'embeddingsData'],
}

/** What Keras 2 wrote behind a model's name, and behind that of its weights. */
const OLD_ENDING = /(\.weights)?\.(h5|hdf5|hdf|tf|ckpt|keras|weights)$/

/**
 * The options of a callback as they are today. Files of checkpoints are of Keras 3's formats, whatever a text of Keras 2 calls them:
 * the ending says which.
 */
export function callbackOfToday(
  name: string,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (name !== 'ModelCheckpoint')
    return Object.fromEntries(Object.entries(options).filter(([key]) => !GONE[name]?.includes(key)))
  const { filepath, period, ...others } = options
  const ending = options.saveWeightsOnly === true ? '.weights.h5' : '.keras'
  const isOther = typeof filepath === 'string' && filepath !== '' && !filepath.endsWith(ending)
  return {
    ...others,
    // One epoch was the default of the period, and another number of them has no name today.
    ...(period === undefined || period === 1 ? {} : { period }),
    filepath: isOther ? filepath.replace(OLD_ENDING, '') + ending : filepath,
  }
}
