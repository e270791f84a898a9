/** Callbacks of a text: options of old, paths that are put together, and hooks of classes. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend } from '../../src/index.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const MODEL = `
m = Sequential([Dense(1, kernel_initializer='zeros', use_bias=False, input_shape=(1,))])
m.compile(keras.optimizers.SGD(0.1), loss='mse')
`

/** The callbacks of a fit, and the problems. */
function callbacksOf(list: string, before = '') {
  const { model, fit, problems } = fromKeras(`${before}${MODEL}m.fit(x, y, epochs=5, callbacks=[${list}])`)
  return { model, callbacks: (fit?.callbacks ?? []) as readonly Record<string, unknown>[], fit, problems }
}

const [x, y] = [[[1]], [[1]]]

test('a checkpoint of every third epoch looks at these alone', async () => {
  const { model, callbacks, problems } = callbacksOf("ModelCheckpoint('{epoch}.hdf5', 'loss', period=3)")
  expect(problems).toEqual([])
  const [checkpoint] = callbacks
  const epochs: number[] = []
  Object.assign(checkpoint ?? {}, { filepath: ({ epoch }: { epoch: number }) => void epochs.push(epoch) })
  await model.fit(x, y, { epochs: 7, verbose: 0, callbacks: [checkpoint as object] })
  expect(epochs).toEqual([3, 6])
})

test('TensorBoard goes on without what is not here, of which it tells', () => {
  const { callbacks, problems } = callbacksOf(
    "TensorBoard('logs', write_images=True, write_grads=True, embeddings_freq=0, profile_batch=2)",
  )
  expect(callbacks.map(({ logDir }) => logDir)).toEqual(['logs'])
  expect(problems.map(({ message }) => message)).toEqual([
    'is not here: TensorBoard does the rest of its work without it',
  ])
})

test.each([
  ["f'{run_dir}/best.h5'", '[run_dir]/best.h5', 'run_dir'],
  ["f'{run_dir}/best.{{epoch:02d}}.keras'", '[run_dir]/best.{epoch:02d}.keras', 'run_dir'],
  ["os.path.join(run_dir, 'w', 'best.h5')", '[run_dir]/w/best.h5', 'run_dir'],
  ["'runs/{}/{:.2f}.h5'.format(run_dir, 0.5)", 'runs/[run_dir]/0.50.h5', 'run_dir'],
  ["'runs/%s-%02d.h5' % (run_dir, 3)", 'runs/[run_dir]-3.h5', 'run_dir'],
  ["'runs/' + str(time.time()) + '.h5'", 'runs/[time.time].h5', 'time.time'],
  ['path', '[run_dir]/a.h5', 'path'],
  ['run_dir', '[run_dir].keras', 'run_dir'],
])('a path of parts that are not known, %s, is one with words for them', (path, expected, word) => {
  const { callbacks, problems } = callbacksOf(`ModelCheckpoint(${path})`, "path = run_dir + '/a.h5'\n")
  expect(callbacks.map(({ filepath }) => filepath)).toEqual([expected])
  expect(problems).toHaveLength(1)
  expect(problems[0]?.message).toContain(`"${expected.replace(/\.\w+$/, '')}`)
  expect(problems[0]?.word).toContain(word)
})

test('a path with a part that is given is known', () => {
  const { fit, problems } = fromKeras(
    `${MODEL}m.fit(x, y, callbacks=[CSVLogger(f'{run_dir}/log.csv'), ModelCheckpoint(os.path.join(run_dir, 'a.h5'))])\nn = load_model(os.path.join(run_dir, 'a.h5'))`,
    { values: { run_dir: 'out' } },
  )
  expect(problems).toEqual([])
  expect(fit?.callbacks).toMatchObject([{ filename: 'out/log.csv' }, { filepath: 'out/a.h5' }])
})

test('a checkpoint of a model that no .h5 can hold is a .keras file, which is told', () => {
  const { models, fit, problems } = fromKeras(`
i = Input((4, 2))
m = Model(i, Dense(2)(tf.nn.relu(i)))
m.fit(x, y, callbacks=[ModelCheckpoint('best.h5'), ModelCheckpoint('best.h5', save_weights_only=True)])
`)
  expect(Object.keys(models)).toEqual(['m'])
  expect(fit?.callbacks).toMatchObject([{ filepath: 'best.keras' }, { filepath: 'best.weights.h5' }])
  expect(problems.map(({ line, word, message }) => [line, word, message])).toEqual([
    [4, 'callbacks', 'an .h5 cannot hold this model: checkpoints go to "best.keras"'],
  ])
})

test('of two clippings the first remains, and the other is told', () => {
  const { model, problems } = fromKeras(
    "m = Sequential([Dense(1, input_shape=(1,))])\nm.compile(Adam(lr=0.01, clipnorm=5.0, clipvalue=0.5), 'mse')",
  )
  expect(model.optimizer?.config).toMatchObject({ clipnorm: 5, clipvalue: null, learningRate: 0.01 })
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    ['clipvalue', expect.stringContaining('Keras 3 takes one of')],
  ])
})

test('a loop that adds layers of a list that is not known says which', () => {
  expect(() => fromKeras('m = Sequential()\nfor units in sizes:\n    m.add(LSTM(units))')).toThrow(
    /how often the loop runs is not known: it is read once, with units unknown. Give it: { values: { sizes: \[...\] } }/,
  )
})

describe('hooks of classes', () => {
  const train = async (hooks: string) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      const { model, fit, problems } = callbacksOf('Own()', `class Own(keras.callbacks.Callback):\n${hooks}`)
      expect(problems).toEqual([])
      const { history } = await model.fit(x, y, { ...fit, verbose: 0 })
      return { model, history, warned: warn.mock.calls.map(([text]) => String(text)) }
    } finally {
      warn.mockRestore()
    }
  }

  test.each([
    'self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) * 0.5',
    'K.set_value(self.model.optimizer.lr, K.get_value(self.model.optimizer.lr) * 0.5)',
    'self.model.optimizer.learning_rate.assign(self.model.optimizer.learning_rate * 0.5)',
  ])('set the learning rate: %s', async (line) => {
    const { model, warned } = await train(`    def on_epoch_end(self, epoch, logs=None):\n        ${line}\n`)
    expect(warned).toEqual([])
    expect(model.optimizer?.learningRate).toBeCloseTo(0.1 / 32, 9)
  })

  test('say once what they do not do, and leave out what depends on what is not known', async () => {
    const { history, warned } = await train(`    def on_epoch_end(self, epoch, logs=None):
        if score(self.model.predict(x)) > 0.5:
            self.model.stop_training = True
        self.model.save('best.h5')
        print(epoch)
`)
    expect(history.loss).toHaveLength(5)
    expect(warned).toHaveLength(2)
    expect(warned[0]).toMatch(
      /^Own: line 3, column \d+, .*whether .* is true is not known: what depends on it is passed over/,
    )
    expect(warned[1]).toMatch(
      /^Own: line 5, column \d+, self.model.save: writes no file here: give fit a ModelCheckpoint\. The training goes on/,
    )
  })

  test('that do without end are left', async () => {
    const { history, warned } = await train(`    def on_epoch_end(self, epoch, logs=None):
        self.on_epoch_end(epoch)
`)
    expect(history.loss).toHaveLength(5)
    expect(warned).toEqual([expect.stringContaining('The training goes on without it')])
  })
})
