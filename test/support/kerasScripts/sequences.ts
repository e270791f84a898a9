/** Texts about time series. */

import { expect } from 'vitest'
import * as recurra from '../../../src/index.ts'
import {
  Bidirectional,
  Conv1D,
  Dense,
  Dropout,
  Flatten,
  LSTM,
  MaxPooling1D,
  Sequential,
  TimeDistributed,
} from '../../../src/index.ts'
import type { Script } from './script.ts'

const windows: Script = {
  name: 'windows of a series, one LSTM after another in a loop',
  text: `
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout
from sklearn.preprocessing import MinMaxScaler

frame = pd.read_csv('prices.csv', usecols=['Open'])
scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(frame.values)
window = 60
X_train, y_train = [], []
for i in range(window, 2035):
    X_train.append(scaled[i - window:i, 0])
    y_train.append(scaled[i, 0])
X_train, y_train = np.array(X_train), np.array(y_train)
X_train = np.reshape(X_train, (X_train.shape[0], X_train.shape[1], 1))

regressor = Sequential()
regressor.add(LSTM(units=50, return_sequences=True, input_shape=(X_train.shape[1], 1)))
regressor.add(Dropout(0.2))
for _ in range(2):
    regressor.add(LSTM(50, return_sequences=True))
    regressor.add(Dropout(0.2))
regressor.add(LSTM(50))
regressor.add(Dense(units=1))
regressor.compile(optimizer='adam', loss='mean_squared_error')
regressor.summary()
regressor.fit(X_train, y_train, epochs=100, batch_size=32)

predicted = regressor.predict(X_train)
plt.plot(predicted)
plt.show()
`,
  values: { X_train: { shape: [1975, 60, 1] } },
  build() {
    const model = Sequential()
    model.add(LSTM(50, { returnSequences: true, inputShape: [60, 1] }))
    model.add(Dropout(0.2))
    for (let i = 0; i < 2; i++) {
      model.add(LSTM(50, { returnSequences: true }))
      model.add(Dropout(0.2))
    }
    model.add(LSTM(50))
    model.add(Dense(1))
    model.compile({ optimizer: 'adam', loss: 'mean_squared_error' })
    return model
  },
  fit: { epochs: 100, batchSize: 32 },
  data: { x: 'X_train', y: 'y_train' },
}

const split: Script = {
  name: 'a function that splits a sequence, and a vanilla LSTM',
  text: `
from numpy import array
from keras.models import Sequential
from keras.layers import LSTM
from keras.layers import Dense

def split_sequence(sequence, n_steps):
    X, y = list(), list()
    for i in range(len(sequence)):
        end_ix = i + n_steps
        if end_ix > len(sequence)-1:
            break
        seq_x, seq_y = sequence[i:end_ix], sequence[end_ix]
        X.append(seq_x)
        y.append(seq_y)
    return array(X), array(y)

raw_seq = [10, 20, 30, 40, 50, 60, 70, 80, 90]
n_steps = 3
X, y = split_sequence(raw_seq, n_steps)
n_features = 1
X = X.reshape((X.shape[0], X.shape[1], n_features))
model = Sequential()
model.add(LSTM(50, activation='relu', input_shape=(X.shape[1], X.shape[2])))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse')
model.fit(X, y, epochs=200, verbose=0)
x_input = array([70, 80, 90])
x_input = x_input.reshape((1, n_steps, n_features))
yhat = model.predict(x_input, verbose=0)
print(yhat)
`,
  build() {
    const model = Sequential([LSTM(50, { activation: 'relu', inputShape: [3, 1] }), Dense(1)])
    model.compile({ optimizer: 'adam', loss: 'mse' })
    return model
  },
  fit: { epochs: 200, verbose: 0 },
  data: { x: 'X', y: 'y' },
}

const bidirectional: Script = {
  name: 'tf.keras in one list, bidirectional, with a callback and a schedule',
  text: `
import tensorflow as tf

TIMESTEPS, FEATURES = 24, 7
UNITS = [64, 32]

model = tf.keras.Sequential([
    tf.keras.layers.Input(shape=(TIMESTEPS, FEATURES)),
    *[tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(u, return_sequences=i < len(UNITS) - 1), merge_mode='sum')
      for i, u in enumerate(UNITS)],
    tf.keras.layers.Dense(FEATURES, 'tanh', kernel_regularizer=tf.keras.regularizers.l2(1e-4)),
], name="forecaster")

schedule = tf.keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=1e-2, decay_steps=10_000, decay_rate=0.9)
model.compile(loss=tf.keras.losses.Huber(delta=0.5),
              optimizer=tf.keras.optimizers.Adam(learning_rate=schedule, clipnorm=1.0),
              metrics=[tf.keras.metrics.RootMeanSquaredError(name='rmse'), 'mae'])
early = tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=5, restore_best_weights=True)
history = model.fit(train_x, train_y, validation_data=(val_x, val_y), epochs=50, callbacks=[early], shuffle=False)
`,
  build() {
    const model = recurra.Sequential(
      [
        recurra.Input([24, 7]) as never,
        Bidirectional(LSTM(64, { returnSequences: true }), { mergeMode: 'sum' }),
        Bidirectional(LSTM(32), { mergeMode: 'sum' }),
        Dense(7, { activation: 'tanh', kernelRegularizer: recurra.regularizers.l2(1e-4) }),
      ],
      { name: 'forecaster' },
    )
    const learningRate = recurra.ExponentialDecay({
      initialLearningRate: 1e-2,
      decaySteps: 10_000,
      decayRate: 0.9,
    })
    model.compile({
      loss: recurra.Huber({ delta: 0.5 }),
      optimizer: recurra.Adam({ learningRate, clipnorm: 1 }),
      metrics: [recurra.RootMeanSquaredError({ name: 'rmse' }), 'mae'],
    })
    return model
  },
  fit: {
    epochs: 50,
    callbacks: [expect.objectContaining({ patience: 5, restoreBestWeights: true })],
    shuffle: false,
  },
  data: { x: 'train_x', y: 'train_y', validationData: ['val_x', 'val_y'] },
}

const cnnLstm: Script = {
  name: 'CNN-LSTM over subsequences',
  text: `
from keras.models import Sequential
from keras.layers import LSTM, Dense, Flatten, TimeDistributed
from keras.layers.convolutional import Conv1D, MaxPooling1D
# the data
n_features, n_seq, n_steps = 1, 2, 2
X = X.reshape((X.shape[0], n_seq, n_steps, n_features))
# the model
model = Sequential()
model.add(TimeDistributed(Conv1D(filters=64, kernel_size=1, activation='relu'), input_shape=(None, n_steps, n_features)))
model.add(TimeDistributed(MaxPooling1D(pool_size=2)))
model.add(TimeDistributed(Flatten()))
model.add(LSTM(50, activation='relu'))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse')
model.fit(X, y, epochs=500, verbose=0)
`,
  build() {
    const model = Sequential()
    model.add(TimeDistributed(Conv1D(64, 1, { activation: 'relu' }), { inputShape: [null, 2, 1] }))
    model.add(TimeDistributed(MaxPooling1D(2)))
    model.add(TimeDistributed(Flatten()))
    model.add(LSTM(50, { activation: 'relu' }))
    model.add(Dense(1))
    model.compile({ optimizer: 'adam', loss: 'mse' })
    return model
  },
  fit: { epochs: 500, verbose: 0 },
}

export const sequences: readonly Script[] = [windows, split, bidirectional, cnnLstm]
