/** Texts with functional models, classes and functions. */
import * as recurra from '../../../src/index.ts'
import type { Script } from './script.ts'

const { Dense, Dropout, GRU, Input, LSTM, Model, ops, Sequential } = recurra

const builder: Script = {
  name: 'a function with defaults, a dict of settings, and names by f-strings',
  text: `
def build_model(units=50, depth=3, rate=0.1, cell=LSTM, **options):
    """Builds a stack."""
    model = Sequential(name=f'stack_{depth}x{units:03d}')
    model.add(Input((28, 4)))
    for i in range(depth):
        last = i == depth - 1
        model.add(cell(units // 2 ** i, return_sequences=not last, name='{}_{}'.format(cell_names[cell_key], i + 1), **options))
        if rate > 0 and not last:
            model.add(Dropout(rate if i else rate * 2))
    model.add(Dense(1, activation=None))
    model.compile(loss='mse', optimizer=make_optimizer(0.01))
    return model

make_optimizer = lambda lr: keras.optimizers.SGD(lr, 0.9)
cell_key = 'g'
cell_names = {'l': 'lstm', 'g': 'gru'}
settings = dict(units=64, depth=2 + 1)
settings['rate'] = round(0.25 * 0.5, 2)
if cell_key == 'l':
    model = build_model(**settings)
elif cell_key == 'g':
    model = build_model(cell=GRU, **settings, recurrent_dropout=0.05)
else:
    raise ValueError('no such cell')
`,
  build() {
    const model = Sequential([], { name: 'stack_3x064' })
    model.add(Input([28, 4]))
    const options = { recurrentDropout: 0.05 }
    model.add(GRU(64, { returnSequences: true, name: 'gru_1', ...options }))
    model.add(Dropout(0.24))
    model.add(GRU(32, { returnSequences: true, name: 'gru_2', ...options }))
    model.add(Dropout(0.12))
    model.add(GRU(16, { name: 'gru_3', ...options }))
    model.add(Dense(1, { activation: null }))
    model.compile({ loss: 'mse', optimizer: recurra.SGD({ learningRate: 0.01, momentum: 0.9 }) })
    return model
  },
}

const lambdas: Script = {
  name: 'operations of TensorFlow and of the backend on tensors',
  text: `
from keras import backend as K
inp = Input(shape=(12, 6))
h = LSTM(8, return_sequences=True)(inp)
weights = tf.nn.softmax(Dense(1)(K.tanh(h)), axis=1)
context = tf.reduce_sum(h * weights, axis=1)
last = h[:, -1, :]
mix = tf.concat([context, last, K.max(h, axis=1, keepdims=False)], axis=-1)
out = Dense(2)(K.expand_dims(-mix, 1) ** 2 / 3.0)
model = Model(inp, out)
`,
  build() {
    const input = Input([12, 6])
    const h = LSTM(8, { returnSequences: true })(input)
    const tanh = ops.tanh(h)
    const weights = ops.softmax(Dense(1)(tanh), 1)
    const context = ops.sum(ops.multiply(h, weights), 1)
    const last = ops.getItem(h, [null, -1, null])
    const mix = ops.concatenate([context, last, ops.max(h, 1, false)], -1)
    const out = ops.divide(ops.power(ops.expandDims(ops.negative(mix), 1), 2), 3)
    return Model(input, Dense(2)(out))
  },
}

const nested: Script = {
  name: 'models inside models',
  text: `
base = Sequential([Input(shape=(5, 3)), GRU(4)], name='base')
left, right = Input((5, 3)), Input((5, 3))
distance = layers.Subtract()([base(left), base(right)])
model = Model([left, right], Dense(1, activation='sigmoid')(distance))
for layer in model.layers:
    if layer.name.startswith('base'):
        layer.trainable = False
model.compile(optimizer='adam', loss='binary_crossentropy')
`,
  build() {
    const base = Sequential([Input([5, 3]), GRU(4)], { name: 'base' })
    const [left, right] = [Input([5, 3]), Input([5, 3])]
    const distance = recurra.Subtract()([base(left), base(right)])
    const model = Model([left, right], Dense(1, { activation: 'sigmoid' })(distance))
    base.trainable = false
    model.compile({ optimizer: 'adam', loss: 'binary_crossentropy' })
    return model
  },
}

export const functions: readonly Script[] = [builder, lambdas, nested]
