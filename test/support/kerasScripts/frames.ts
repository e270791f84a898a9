/** Texts about time series. */

import { expect } from 'vitest'
import * as recurra from '../../../src/index.ts'
import {
  ConvLSTM2D,
  Dense,
  Flatten,
  GRU,
  LSTM,
  RepeatVector,
  Sequential,
  TimeDistributed,
} from '../../../src/index.ts'
import type { Script } from './script.ts'

const convLstm: Script = {
  name: 'ConvLSTM with arguments by place',
  text: `
from tensorflow import keras
import tensorflow.keras.layers as L
n_seq = 4
shape = (n_seq, 8, 8, 1)
model = keras.models.Sequential()
model.add(L.ConvLSTM2D(16, (3, 3), (1, 1), 'same', input_shape=shape, return_sequences=True))
model.add(L.ConvLSTM2D(filters=8, kernel_size=3, activation=tf.nn.relu, recurrent_activation='hard_sigmoid', dropout=.1))
model.add(L.Flatten())
model.add(L.Dense(int(shape[1] * shape[2] / 2)))
model.compile('rmsprop', 'mae', metrics=['mse'])
`,
  build() {
    const model = Sequential([
      ConvLSTM2D(16, [3, 3], {
        strides: [1, 1],
        padding: 'same',
        inputShape: [4, 8, 8, 1],
        returnSequences: true,
      }),
      ConvLSTM2D(8, 3, { activation: 'relu', recurrentActivation: 'hard_sigmoid', dropout: 0.1 }),
      Flatten(),
      Dense(32),
    ])
    model.compile({ optimizer: 'rmsprop', loss: 'mae', metrics: ['mse'] })
    return model
  },
}

const autoencoder: Script = {
  name: 'autoencoder with RepeatVector and TimeDistributed',
  text: `
from keras.models import Sequential
from keras.layers import LSTM, Dense, RepeatVector, TimeDistributed
from keras.utils import plot_model
from numpy import array
sequence = array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
n_in = len(sequence)
sequence = sequence.reshape((1, n_in, 1))
model = Sequential()
model.add(LSTM(100, activation='relu', input_shape=(n_in,1)))
model.add(RepeatVector(n_in))
model.add(LSTM(100, activation='relu', return_sequences=True))
model.add(TimeDistributed(Dense(1)))
model.compile(optimizer='adam', loss='mse')
plot_model(model, show_shapes=True, to_file='reconstruct.png')
model.fit(sequence, sequence, epochs=300, verbose=0)
yhat = model.predict(sequence, verbose=0)
print(yhat[0,:,0])
`,
  build() {
    const model = Sequential([
      LSTM(100, { activation: 'relu', inputShape: [9, 1] }),
      RepeatVector(9),
      LSTM(100, { activation: 'relu', returnSequences: true }),
      TimeDistributed(Dense(1)),
    ])
    model.compile({ optimizer: 'adam', loss: 'mse' })
    return model
  },
  fit: { epochs: 300, verbose: 0 },
  data: { x: 'sequence', y: 'sequence' },
}

const stateful: Script = {
  name: 'stateful, trained in a loop',
  text: `
def fit_lstm(train, batch_size, nb_epoch, neurons):
	X, y = train[:, 0:-1], train[:, -1]
	X = X.reshape(X.shape[0], 1, X.shape[1])
	model = Sequential()
	model.add(LSTM(neurons, batch_input_shape=(batch_size, X.shape[1], 3), stateful=True))
	model.add(Dense(1))
	model.compile(loss='mean_squared_error', optimizer='adam')
	for i in range(nb_epoch):
		model.fit(X, y, epochs=1, batch_size=batch_size, verbose=0, shuffle=False)
		model.reset_states()
	return model

lstm_model = fit_lstm(train_scaled, 1, 3000, 4)
train_reshaped = train_scaled[:, 0].reshape(len(train_scaled), 1, 1)
lstm_model.predict(train_reshaped, batch_size=1)
`,
  build() {
    const model = Sequential([LSTM(4, { batchShape: [1, 1, 3], stateful: true }), Dense(1)])
    model.compile({ loss: 'mean_squared_error', optimizer: 'adam' })
    return model
  },
  fit: { epochs: 3000, batchSize: 1, verbose: 0, shuffle: false, callbacks: [expect.anything()] },
  data: { x: 'X', y: 'y' },
}

const old: Script = {
  name: 'GRU with the spellings of Keras 1 and 2',
  text: `
from keras.layers.core import Dense, Activation, Dropout
from keras.layers.recurrent import GRU
from keras.layers import CuDNNLSTM
from keras.models import Sequential
from keras.optimizers import SGD

model = Sequential()
model.add(GRU(output_dim=32, input_dim=5, input_length=10, init='uniform', inner_init='orthogonal',
              inner_activation='hard_sigmoid', return_sequences=True, W_regularizer='l2', dropout_U=0.1))
model.add(CuDNNLSTM(16))
model.add(Dense(output_dim=3, bias=False))
model.add(Activation('softmax'))
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics='accuracy')
model.fit(X, Y, nb_epoch=20, batch_size=16, show_accuracy=True)
`,
  build() {
    const model = Sequential([
      GRU(32, {
        inputShape: [10, 5],
        kernelInitializer: 'uniform',
        recurrentInitializer: 'orthogonal',
        recurrentActivation: 'hard_sigmoid',
        returnSequences: true,
        kernelRegularizer: 'l2',
        recurrentDropout: 0.1,
      }),
      LSTM(16),
      Dense(3, { useBias: false }),
      recurra.Activation('softmax'),
    ])
    const learningRate = recurra.InverseTimeDecay({
      initialLearningRate: 0.01,
      decaySteps: 1,
      decayRate: 1e-6,
    })
    model.compile({
      loss: 'categorical_crossentropy',
      optimizer: recurra.SGD({ learningRate, momentum: 0.9, nesterov: true }),
      metrics: ['accuracy'],
    })
    return model
  },
  fit: { epochs: 20, batchSize: 16 },
}

export const frames: readonly Script[] = [convLstm, autoencoder, stateful, old]
