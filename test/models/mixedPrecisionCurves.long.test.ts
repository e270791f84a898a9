/** In mixed precision models learn what they learn in f32. */
import { afterEach, expect, test } from 'vitest'
import {
  Adam,
  type CompileOptions,
  Conv2D,
  config,
  Dense,
  Flatten,
  type LayersModel,
  LSTM,
  Sequential,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

afterEach(() => config.setDtypePolicy('float32'))

onEachBackend(() => {
  /** The largest distance of two loss curves, in parts of the first loss. */
  async function curveDistance(
    build: () => LayersModel,
    options: CompileOptions,
    data: readonly [Tensor, Tensor],
    epochs: number,
  ): Promise<{ distance: number; reached: number }> {
    const curves: number[][] = []
    for (const policy of ['float32', 'mixed_float16'] as const) {
      config.setDtypePolicy(policy)
      setSeed(5)
      const model = build()
      model.compile({ ...options, optimizer: Adam(0.01) })
      const { history } = await model.fit(...data, { epochs, batchSize: 16, ...quiet })
      curves.push(history.loss ?? [])
      model.dispose()
    }
    const [full = [], mixed = []] = curves
    const [first = 1] = full
    expect(mixed.length).toBe(epochs)
    return {
      distance: Math.max(...full.map((loss, i) => Math.abs(loss - (mixed[i] ?? Number.NaN)))) / first,
      reached: (mixed.at(-1) ?? Number.NaN) / first,
    }
  }

  test('the loss curve of an LSTM stays within 2 % of that in f32 over 100 steps', async () => {
    const series = uniform([64, 12, 3], -1, 1, 7)
    const last = tensor(
      Float32Array.from(
        { length: 64 },
        (_, i) => 0.5 * (series.data[36 * i + 33] ?? 0) + 0.2 * (series.data[36 * i + 20] ?? 0),
      ),
      [64, 1],
    )
    const build = () => Sequential([LSTM(16, { inputShape: [12, 3] }), Dense(1)])
    const { distance, reached } = await curveDistance(
      build,
      { loss: 'mse', optimizer: 'adam' },
      [series, last],
      25,
    )
    expect(distance).toBeLessThan(0.02)
    expect(reached).toBeLessThan(0.1)
  })

  test('that of a classifier with convolutions, too', async () => {
    const labels = classes([48, 1], 4, 9)
    const images = tensor(
      uniform([48, 8, 8, 1], -0.3, 0.3, 8).data.map((value, i) => {
        const label = labels.data[Math.floor(i / 64)] ?? 0
        const [row, column] = [Math.floor((i % 64) / 8), i % 8]
        return value + (Number(row > 3) * 2 + Number(column > 3) === label ? 1 : 0)
      }),
      [48, 8, 8, 1],
    )
    const build = () =>
      Sequential([
        Conv2D(8, 3, { inputShape: [8, 8, 1], activation: 'relu' }),
        Conv2D(8, 3, { strides: 2, activation: 'relu' }),
        Flatten(),
        Dense(16, { activation: 'relu' }),
        Dense(4, { activation: 'softmax' }),
      ])
    const options = { loss: 'sparse_categorical_crossentropy', optimizer: 'adam' } as const
    const { distance, reached } = await curveDistance(build, options, [images, labels], 34)
    expect(distance).toBeLessThan(0.02)
    expect(reached).toBeLessThan(0.1)
  })
})
