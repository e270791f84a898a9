/** What scripts have around their models: arguments, configurations, None, functions of losses on data, prints of Python 2. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras, toKeras, toTypeScript } from '../../src/formats.ts'
import { clearSession, Dense, Sequential } from '../../src/index.ts'

beforeEach(clearSession)

/** The options of the layers of a text's last model. */
const layersOf = (text: string) => {
  const { model, problems } = fromKeras(text)
  expect(problems).toEqual([])
  return model.layers.map(({ config }) => config as Record<string, unknown>)
}

test('arguments of a script are their defaults', () => {
  const [lstm, dense] = layersOf(`
import argparse
parser = argparse.ArgumentParser(description='trains')
group = parser.add_argument_group('model')
group.add_argument('-u', '--hidden-units', type=int, default=5)
parser.add_argument('--outputs', dest='n_out', default=None)
parser.add_argument('--both', action='store_true')
args, rest = parser.parse_known_args()
n = 3 if args.n_out is None else 4
m = Sequential([LSTM(args.hidden_units, input_shape=(4, 2))])
if args.both:
    m.add(LSTM(9))
m.add(Dense(n))
`)
  expect([lstm?.units, dense?.units]).toEqual([5, 3])
})

test('what a text sets in a configuration of elsewhere is known', () => {
  const [gru] = layersOf(`
import wandb
run = wandb.init(project='p')
config = run.config
config.units = 6
wandb.config.rate = 0.5
m = Sequential([GRU(config.units, dropout=wandb.config.rate, input_shape=(4, 2))])
`)
  expect([gru?.units, gru?.dropout]).toEqual([6, 0.5])
})

test('None is a value: of a name, a field, an argument, an entry', () => {
  const layers = layersOf(`
class Settings:
    activation = None
    def __init__(self):
        self.activation = None
def block(activation='relu'):
    return Dense(2, activation=activation)
nothing = None
d = {'a': None, 'b': 1, 'c': 1}
d.pop('b')
m = Sequential([Input((2,)), block(activation=None), Dense(len(d), activation=nothing), Dense(2, activation=d['a']),
  Dense(2, activation=Settings().activation), Dense(2, activation=d.get('a', 'relu'))])
`)
  expect(layers.map(({ activation }) => activation)).toEqual(Array(5).fill('linear'))
  expect(layers[1]?.units).toBe(2)
})

test('functions with some of their arguments, padding in capitals, get', () => {
  const [conv, dense] = layersOf(`
from functools import partial
from keras import activations, initializers, regularizers
Conv = partial(Conv1D, kernel_size=3, padding='SAME')
m = Sequential([Conv(4, input_shape=(5, 2)), Dense(1, kernel_initializer=initializers.get('zeros'),
  kernel_regularizer=regularizers.get(None), activation=activations.get('tanh'))])
`)
  expect(conv).toMatchObject({ filters: 4, kernelSize: 3, padding: 'same' })
  expect(dense).toMatchObject({ activation: 'tanh', kernelRegularizer: null })
})

test('losses of data are not known, and those of tensors are losses', async () => {
  const { model, problems } = fromKeras(`
loss_fn = keras.losses.MeanSquaredError()
print(keras.losses.mean_squared_error([1., 2.], [2., 3.]), loss_fn([[1.]], [[2.]]))
schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
print([schedule(step) for step in range(3)])
def both(y_true, y_pred):
    return keras.losses.mean_squared_error(y_pred=y_pred, y_true=y_true) + loss_fn(y_true, y_pred)
m = Sequential([Dense(1, kernel_initializer='ones', input_shape=(1,))])
m.compile('sgd', loss=both)
`)
  expect(problems).toEqual([])
  expect(await model.evaluate([[1]], [[3]], { verbose: 0 })).toBe(8)
})

test("a loss object in a loss of one's own, of rows that are masked, is that of Keras 3.16", async () => {
  const { models, problems } = fromKeras(`
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction='none')
def masked(real, pred):
    mask = tf.cast(tf.math.logical_not(tf.math.equal(real, 0)), dtype=tf.float32)
    return tf.reduce_sum(loss_object(real, pred) * mask) / tf.reduce_sum(mask)
one = Sequential([Input((3, 3)), Activation('linear')])
one.compile('sgd', masked)
kl = keras.losses.KLDivergence()
two = Sequential([Input((2,)), Activation('softmax')])
two.compile('sgd', lambda t, p: kl(t, p) + keras.losses.Huber(delta=0.1, reduction='sum')(t, p))
`)
  expect(problems).toEqual([])
  const logits = [
    [1, 2, 3],
    [0, 1, 0],
    [2, 2, 1],
  ]
  expect(await models.one?.evaluate([logits], [[1, 0, 2]], { verbose: 0 })).toBeCloseTo(1.6348003, 5)
  expect(await models.two?.evaluate([[1, 2]], [[0.25, 0.75]], { verbose: 0 })).toBeCloseTo(0.0011058963, 6)
})

test('checkpoints have the endings of their formats, and callbacks take arguments by place', () => {
  const { fit, problems } = fromKeras(`
m = Sequential([Dense(1, input_shape=(1,))])
m.fit(x, y, callbacks=[ModelCheckpoint('a/b.hdf5', 'loss', 1, True), ModelCheckpoint('w.h5', save_weights_only=True),
  EarlyStopping('loss', 0.1, 4), ReduceLROnPlateau('loss', factor=0.2, epsilon=0.01)])
`)
  expect(problems).toEqual([])
  expect(fit?.callbacks).toMatchObject([
    { filepath: 'a/b.h5', monitor: 'loss', verbose: 1, saveBestOnly: true },
    { filepath: 'w.weights.h5' },
    { monitor: 'loss', minDelta: 0.1, patience: 4 },
    { factor: 0.2, minDelta: 0.01 },
  ])
})

test('prints of Python 2 and formats of what has no text are passed over', () => {
  layersOf(`
m = Sequential([Dense(1, input_shape=(1,))])
print "layers: %d, %s" % (len(m.layers),
    m)
print
if True: print m.name, 'and more'
for i in range(2):
    print 'round', i
print("%s" % m, "%d of %s" % (1, m))
`)
})

test('files that a text writes are its models, and others are given', () => {
  const text = `
import os
import tensorflow as tf
tf.compat.v1.logging._PRINT_DEPRECATION_WARNINGS = False
if os.path.exists('saved.h5'):
    m = tf.keras.models.load_model('saved.h5')
else:
    m = Sequential([LSTM(2, input_shape=(4, 2)), Dense(1)])
m.compile('adam', 'mse')
m.fit(x, y, callbacks=[tf.keras.callbacks.ModelCheckpoint('w-{epoch:02d}-{loss:.4f}.hdf5', save_weights_only=True),
  tf.keras.callbacks.TensorBoard('logs', batch_size=32, write_grads=False)])
m.load_weights('w-19-1.2345.hdf5')
m.save(path + 'saved.h5')
best = tf.keras.models.load_model(path + 'saved.h5')
first = Sequential(best.layers[:1])
`
  const { models, fit, problems } = fromKeras(text)
  expect(problems).toEqual([])
  expect(models.best).toBe(models.m)
  expect(models.first?.outputs[0]?.shape).toEqual([null, 2])
  expect(fit?.callbacks).toHaveLength(2)
  const other = `${text}m.load_weights('other.h5')\nbase = load_model('base.keras')\nm2 = tf.keras.models.load_model('m2.h5')`
  const words = (values = {}) => fromKeras(other, { values }).problems.map(({ word }) => word)
  expect(words()).toEqual(['m.load_weights', 'load_model', 'tf.keras.models.load_model'])
  expect(words({ base: Sequential([Dense(1)]), m2: Sequential([Dense(1)]) })).toEqual(['m.load_weights'])
})

test('lines of notebooks that are no Python are passed over, and lines that begin with an operator are not', () => {
  const [lstm] = layersOf(`
pip install keras
!nvidia-smi
%%time
files = !ls data
cd /content/drive
print('%d of %s'
      % (3, files))
m = Sequential([LSTM(units=13
  % 8, return_sequences=1, stateful=0, input_shape=(4, 2))])
`)
  expect([lstm?.units, lstm?.returnSequences, lstm?.stateful]).toEqual([5, true, false])
})

test('a search over hyperparameters is its first trial: defaults, least and first values, or what the user says', () => {
  const text = `
import keras_tuner as kt
def build_model(hp):
    model = Sequential([Input((None, 2))])
    for i in range(hp.Int('layers', 2, 4)):
        model.add(LSTM(units=hp.Int(f'units_{i}', min_value=8, max_value=64, step=8), return_sequences=True))
    if hp.Boolean('dropout'):
        model.add(Dropout(hp.Float('rate', 0.1, 0.5, default=0.3)))
    model.add(GRU(3, activation=hp.Choice('activation', values=['tanh', 'relu'])))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice('lr', [1e-2, 1e-3])), loss='mse')
    return model
tuner = kt.BayesianOptimization(build_model, objective='val_loss', max_trials=5)
tuner.search_space_summary()
tuner.search(x, y, epochs=4)
best_hp = tuner.get_best_hyperparameters(num_trials=1)[0]
print(best_hp.get('units_0'))
best = tuner.get_best_models()[0]
again = tuner.hypermodel.build(best_hp)
`
  const { models, trained, fit, problems } = fromKeras(text)
  expect(problems).toEqual([])
  expect(models.best).toBe(trained)
  expect(models.again).toBe(trained)
  expect(fit).toEqual({ epochs: 4 })
  expect(trained?.layers.map(({ className }) => className)).toEqual(['LSTM', 'LSTM', 'GRU'])
  expect(trained?.layers[0]?.config).toMatchObject({ units: 8 })
  expect(trained?.layers[2]?.config).toMatchObject({ activation: 'tanh' })
  const given = fromKeras(text, { values: { layers: 1, units_0: 5, dropout: true, activation: 'relu' } })
  expect(given.model.layers.map(({ className }) => className)).toEqual(['LSTM', 'Dropout', 'GRU'])
  expect(given.model.layers[0]?.config).toMatchObject({ units: 5 })
  expect(given.model.layers[1]?.config).toMatchObject({ rate: 0.3 })
})

test('the length of an input that is not known is left open, and told', () => {
  const { model, problems } = fromKeras(
    'ids = Input(shape=(max_len,))\nm = Model(ids, Dense(1)(LSTM(3)(Embedding(9, 2)(ids))))',
  )
  expect(model.inputs[0]?.shape).toEqual([null, null])
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    ['max_len', expect.stringContaining('left open. Give it: { values: { max_len: ... } }')],
  ])
})

test('a class of a text is written with its arguments, and its functions by their names', async () => {
  const { model } = fromKeras(`
class OfTheText(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.out = Dense(units)
    def call(self, x):
        return self.out(x)
m = OfTheText(3)
m.build((None, 2))
`)
  expect(await toKeras(model)).toBe(
    `import keras
# OfTheText is of your own: define it in Python before these lines.

model = OfTheText(3)
model.build((None, 2))
`,
  )
  await expect(toTypeScript(model)).rejects.toThrow(
    'got OfTheText "of_the_text", whose class is in the Python that fromKeras read. toKeras writes the Python;',
  )
  const code = fromKeras(`
class Scale(keras.layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def call(self, x):
        return x * self.factor
def act(x):
    return keras.ops.tanh(x) * 2
def far(y, p):
    return keras.ops.abs(y - p)
m = Sequential([Input((2,)), Scale(factor=[3, 1.5][1]), Dense(3, activation=act)])
m.compile('sgd', far)
`)
  expect(code.problems).toEqual([])
  const python = await toKeras(code.model)
  for (const part of [' Scale(factor=1.5),', ' keras.layers.Dense(3, activation=act', 'loss=far)'])
    expect(python).toContain(part)
  for (const name of ['Scale', 'act', 'far'])
    expect(python).toContain(`# ${name} is of your own: define it in Python before these lines.`)
})

test('layers for GPUs are taken where a text asks', () => {
  const [rnn] = layersOf(
    'rnn = CuDNNLSTM if tf.test.is_gpu_available() else SimpleRNN\nm = Sequential([rnn(1, input_shape=(4, 2))])',
  )
  expect(rnn).toHaveProperty('recurrentActivation')
})

test('one metric stands for a list of one, as in Keras 2', async () => {
  for (const metric of ["'mae'", 'keras.metrics.Precision()', "['mae']"]) {
    const { model, problems } = fromKeras(
      `m = Sequential([Dense(1, input_shape=(2,))])\nm.compile('sgd', 'mse', metrics=${metric})`,
    )
    expect(problems).toEqual([])
    expect(await toKeras(model)).toMatch(/metrics=\[.+\]/)
  }
})
