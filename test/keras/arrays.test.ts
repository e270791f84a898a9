/**
 * The shapes of arrays in texts, which models take their extents from: parts, arrays side by side, arithmetic. What stands for each
 * expression is what numpy says.
 */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession } from '../../src/index.ts'

beforeEach(clearSession)

const MADE = `
import numpy as np
from keras import Input, Model, Sequential, layers
a = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]])
v = np.array([1, 2, 3, 4])
t = np.zeros((4, 5, 6))
`

test.each<readonly [expression: string, shape: readonly number[]]>([
  ['a[1]', [3]],
  ['a[1:]', [3, 3]],
  ['a[:-1]', [3, 3]],
  ['a[::2]', [2, 3]],
  ['a[1:3, 0]', [2]],
  ['a[:, 1:]', [4, 2]],
  ['a[:, -1:]', [4, 1]],
  ['a[..., 0]', [4]],
  ['a[:, None]', [4, 1, 3]],
  ['a[None]', [1, 4, 3]],
  ['t[0]', [5, 6]],
  ['t[:, 1:4, ::2]', [4, 3, 3]],
  ['t[..., 2]', [4, 5]],
  ['t[-1, 2:, 0]', [3]],
  ['np.hstack((a, a))', [4, 6]],
  ['np.hstack([v, v])', [8]],
  ['np.vstack((v, v))', [2, 4]],
  ['np.vstack([a, a])', [8, 3]],
  ['np.column_stack((v, v, a))', [4, 5]],
  ['np.dstack((a, a))', [4, 3, 2]],
  ['np.dstack((v, v))', [1, 4, 2]],
  ['np.concatenate((a, a))', [8, 3]],
  ['np.concatenate([a, a], axis=1)', [4, 6]],
  ['np.concatenate((t, t), -1)', [4, 5, 12]],
  ['np.stack([v, v])', [2, 4]],
  ['np.stack([a, a], axis=-1)', [4, 3, 2]],
  ['a + 1', [4, 3]],
  ['2 * a', [4, 3]],
  ['a + a', [4, 3]],
  ['v.reshape(4, 1) + v', [4, 4]],
  ['a.T', [3, 4]],
  ['a.transpose()', [3, 4]],
  ['t.flatten()', [120]],
  ['t.ravel()', [120]],
  ['a[0:2].reshape(-1, 2)', [3, 2]],
  ['np.array([a[0:2], a[1:3]])', [2, 2, 3]],
])('%s', (expression, shape) => {
  const { models, problems } = fromKeras(`${MADE}
i = Input((${expression}).shape)
m = Model(i, layers.Activation('relu')(i))`)
  expect(problems).toEqual([])
  expect(models.m?.inputShape).toEqual([null, ...shape])
})

test.each([
  'a[v > 2]',
  'a[[0, 2]]',
  'a[:, v]',
  'np.hstack((a, other))',
  'np.concatenate((a, v), axis=axis)',
  't[0, 0, 0, 0]',
])('of %s it is not known', (expression) => {
  expect(() =>
    fromKeras(`${MADE}
i = Input((${expression}).shape)
m = Model(i, layers.Activation('relu')(i))`),
  ).toThrow('its value is not known')
})

test('windows of series that stand in the text say the extents of a model', () => {
  const { model, problems, fit } = fromKeras(`
from numpy import array, hstack
from keras.models import Sequential
from keras.layers import LSTM, Dense

def windows_of(rows, steps):
    X, y = list(), list()
    for i in range(len(rows)):
        end = i + steps
        if end > len(rows) - 1:
            break
        before, after = rows[i:end, :], rows[end, :]
        X.append(before)
        y.append(after)
    return array(X), array(y)

first = array([10, 20, 30, 40, 50, 60])
second = array([15, 25, 35, 45, 55, 65])
both = array([first[i] + second[i] for i in range(len(first))])
rows = hstack((first.reshape((len(first), 1)), second.reshape((len(second), 1)), both.reshape((len(both), 1))))
X, y = windows_of(rows, 3)
model = Sequential()
model.add(LSTM(4, input_shape=(X.shape[1], X.shape[2])))
model.add(Dense(y.shape[1]))
model.compile(optimizer='adam', loss='mse')
model.fit(X, y, epochs=2, verbose=0)
`)
  expect(problems).toEqual([])
  expect([model?.inputShape, model?.outputShape]).toEqual([
    [null, 3, 3],
    [null, 3],
  ])
  expect(fit).toMatchObject({ epochs: 2 })
})
