/** Steps that classes say themselves: what they train is what Keras trains, and what they cannot say is refused. */
import { expect, test } from 'vitest'
import { Adam, ExponentialDecay, SGD } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { Distiller, Gan, noise, Vae, waves } from '../support/steppedModels.ts'
import keras from '../support/stepsOfKeras.json' with { type: 'json' }

const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length)
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
}

function expectHistory(
  history: Readonly<Record<string, readonly number[] | undefined>>,
  expected: Readonly<Record<string, readonly number[]>>,
): void {
  expect(Object.keys(history).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, values] of Object.entries(expected)) expectClose(history[name] ?? [], values)
}

onEachBackend(() => {
  test.each([
    ['gan_sgd', () => new Gan(SGD({ learningRate: 0.1, momentum: 0.9 }), SGD({ learningRate: 0.05 }))],
    [
      'gan_adam',
      () => new Gan(Adam({ learningRate: 0.02 }), Adam({ learningRate: ExponentialDecay(0.1, 2, 0.5) })),
    ],
  ] as const)('%s trains as in Keras', async (name, make) => {
    const gan = make()
    gan.compile({})
    const { history } = await gan.fit(waves(5, 2), noise, fitting)
    expectHistory(history, keras[name].history)
    expectClose(await weightsOf(gan.generator), keras[name].generator)
    expectClose(await weightsOf(gan.discriminator), keras[name].discriminator)
    expect([gan.dOptimizer.iterations, gan.gOptimizer.iterations]).toEqual([6, 6])
    gan.dispose()
  })

  test('a variational autoencoder trains as in Keras', async () => {
    const vae = new Vae()
    vae.compile({ optimizer: SGD({ learningRate: 0.1 }) })
    const { data } = waves(5, 4)
    const x = Array.from({ length: 5 }, (_, i) => [...data.slice(4 * i, 4 * i + 4)].map((v) => 0.5 + 0.5 * v))
    const { history } = await vae.fit(x, null, fitting)
    expectHistory(history, keras.vae.history)
    expectClose(await weightsOf(vae.encoder), keras.vae.encoder)
    expectClose(await weightsOf(vae.decoder), keras.vae.decoder)
    vae.dispose()
  })

  test('a loss of its own trains and evaluates as in Keras', async () => {
    const model = new Distiller()
    const { SparseCategoricalCrossentropy } = (await import('../../src/index.ts')).losses
    model.compile({
      optimizer: SGD({ learningRate: 0.1 }),
      loss: SparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: ['accuracy'],
    })
    const [x, y] = [waves(5, 2), [0, 2, 1, 1, 0]]
    const { history } = await model.fit(x, y, {
      ...fitting,
      sampleWeight: [1, 0.5, 2, 1, 0.25],
      validationData: [x, y],
    })
    expectHistory(history, keras.distiller.history)
    expectClose(await weightsOf(model.student), keras.distiller.student)
    expect(model.metricsNames).toEqual(['loss', 'accuracy'])
    const [loss = 0, accuracy = 0] = (await model.evaluate(x, y, quiet)) as number[]
    expectClose([loss, accuracy], [keras.distiller.evaluated.loss, keras.distiller.evaluated.accuracy])
    model.dispose()
  })
})
