// What fromKeras takes for a text of a hundred lines: the first time, which loads and compiles the code, and after it, in milliseconds.
// `npx tsx bench/keras.ts`.

import { fromKeras } from '../src/formats.ts'
import { clearSession } from '../src/index.ts'

const ROUNDS = 40

const block = (i: number): string => `
x_in = x
x = layers.Conv1D(filters=16, kernel_size=3, padding="causal", dilation_rate=${2 ** i})(x)
x = layers.BatchNormalization(momentum=0.9)(x)
x = layers.ReLU()(x)
x = layers.SpatialDropout1D(0.1)(x)
if x_in.shape[-1] != 16:
    x_in = layers.Conv1D(16, 1)(x_in)
x = layers.Add()([x, x_in])
`

const text = `
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

def windows(series, size):
    rows, targets = [], []
    for i in range(len(series) - size):
        rows.append(series[i:i + size])
        targets.append(series[i + size])
    return np.array(rows), np.array(targets)

series = [float(i) for i in range(150)]
size = 24
X, y = windows(series, size)
X = X.reshape((X.shape[0], size, 1))
inputs = keras.Input(shape=(X.shape[1], X.shape[2]))
x = inputs
${[0, 1, 2, 3, 4, 5, 6].map(block).join('')}
x = layers.Bidirectional(layers.LSTM(32, return_sequences=True))(x)
x = layers.LSTM(32)(x)
for units in [64, 32]:
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs, name="forecaster")
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
early = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
model.fit(X, y, epochs=50, batch_size=32, validation_split=0.1, callbacks=[early])
`

const times = Array.from({ length: ROUNDS }, () => {
  clearSession()
  const start = performance.now()
  const { problems } = fromKeras(text)
  if (problems.length > 0) throw new Error(`the text has problems: ${JSON.stringify(problems)}`)
  return performance.now() - start
})
const [first = Number.NaN] = times
const sorted = times.slice(1).sort((a, b) => a - b)
const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
const lines = text.trim().split('\n').length
console.log(
  `${lines} lines: first ${first.toFixed(1)} ms, then least ${(sorted[0] ?? Number.NaN).toFixed(1)} ms, median ${median.toFixed(1)} ms`,
)
