/** Fits in the loop of a text, and states that it resets between them or in a callback: what they train is what the same calls train here. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel, setBackend, tensor } from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const MODEL = `
model = Sequential()
model.add(LSTM(3, batch_input_shape=(2, 4, 1), stateful=True))
model.add(Dense(1))
model.compile(loss='mse', optimizer=keras.optimizers.SGD(0.1))
`
const x = tensor(waves(4, 4).data, [4, 4, 1])
const y = waves(4, 1)
const options = { ...quiet, batchSize: 2, shuffle: false } as const

/** Weights and losses of fits of some epochs each, with the states reset behind each fit or not. */
async function expected(fits: number, epochs: number, isReset: boolean) {
  const { models } = fromKeras(MODEL)
  const model = models.model as LayersModel
  fill(model, 1)
  const losses: number[] = []
  for (let fit = 0; fit < fits; fit++) {
    losses.push(...((await model.fit(x, y, { ...options, epochs })).history.loss ?? []))
    if (isReset) model.resetStates()
  }
  return { losses, weights: await weightsOf(model) }
}

test.each([
  ['model.reset_states()', 1, true],
  ['model.layers[0].reset_states()', 2, true],
  ['print(i)', 1, false],
])('fits in a loop, with %s behind each of %i epochs', async (line, each, isReset) => {
  const { models, fit, problems } = fromKeras(`${MODEL}
for i in range(3):
    model.fit(X, y, epochs=${each}, batch_size=2, shuffle=False)
    ${line}
model.predict(X)
model.reset_states()
`)
  expect(problems).toEqual([])
  expect(fit?.epochs).toBe(3 * each)
  const model = models.model as LayersModel
  fill(model, 1)
  const { history } = await model.fit(x, y, { ...fit, ...quiet })
  const { losses, weights } = await expected(3, each, isReset)
  expect(history.loss).toEqual(losses)
  expect(await weightsOf(model)).toEqual(weights)
})

test('a training loop that resets states behind each epoch', async () => {
  const { models, trained, fit, problems } = fromKeras(`${MODEL}
optimizer = keras.optimizers.SGD(0.1)
loss_fn = keras.losses.MeanSquaredError()
for epoch in range(3):
    for x_batch, y_batch in dataset:
        with tf.GradientTape() as tape:
            loss = loss_fn(y_batch, model(x_batch, training=True))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
    model.reset_states()
`)
  expect(problems).toEqual([])
  const model = models.model as LayersModel
  fill(model, 1)
  const { history } = await (trained as LayersModel).fit(x, y, { ...fit, ...options })
  const { losses, weights } = await expected(3, 1, true)
  for (const [i, loss] of losses.entries()) expect(history.loss?.[i]).toBeCloseTo(loss, 5)
  for (const [i, value] of (await weightsOf(model)).entries()) expect(value).toBeCloseTo(weights[i] ?? 0, 5)
})

test('a callback that resets states does so while the model trains', async () => {
  const { models, fit, problems } = fromKeras(`${MODEL}
class ResetStatesCallback(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs):
        self.model.reset_states()
model.fit(X, y, epochs=3, batch_size=2, shuffle=False, callbacks=[ResetStatesCallback()])
`)
  expect(problems).toEqual([])
  const model = models.model as LayersModel
  fill(model, 1)
  const { history } = await model.fit(x, y, { ...fit, ...quiet })
  const { losses, weights } = await expected(3, 1, true)
  expect(history.loss).toEqual(losses)
  expect(await weightsOf(model)).toEqual(weights)
})

test('fits of other models, and outside of loops, are by themselves', () => {
  const { fit, models, trained } = fromKeras(`${MODEL}
model.fit(X, y, epochs=4)
for units in [2, 3]:
    other = Sequential([LSTM(units, input_shape=(4, 1)), Dense(1)])
    other.compile(loss='mse', optimizer='sgd')
    other.fit(X, y, epochs=5)
`)
  expect([fit, trained]).toEqual([{ epochs: 5 }, models.other])
})
