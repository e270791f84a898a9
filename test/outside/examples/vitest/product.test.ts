import { Dense, Sequential, setBackend } from 'recurra'
import { requestDevice } from 'recurra/testing'
import { expect, test } from 'vitest'

test('a product of matrices, within its arithmetic', async () => {
  await setBackend('webgpu', { device: await requestDevice() })
  const x = Array.from({ length: 3 }, (_, i) => Array.from({ length: 50 }, (_, k) => Math.sin(i + k)))
  const kernel = Array.from({ length: 50 }, (_, k) => [Math.cos(k), Math.cos(2 * k)])
  const model = Sequential([Dense(2, { useBias: false, inputShape: [50] })])
  model.setWeights([kernel])
  const product = x.map((row) =>
    [0, 1].map((j) => row.reduce((sum, value, k) => sum + value * (kernel[k]?.[j] ?? 0), 0)),
  )
  expect(await model.predict(x)).toBeCloseToTensor(product, { terms: 50 })
})
