/** Discretization and CategoryEncoding against the examples of Keras's documentation, and what they refuse. */
import { describe, expect, test } from 'vitest'
import {
  CategoryEncoding,
  Discretization,
  Input,
  Model,
  Sequential,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { applied } from '../support/appliedLayer.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'

describe('Discretization', () => {
  const data = [
    [-1.5, 1, 3.4, 0.5],
    [0, 3, 1.3, 0],
  ]

  test("Keras's examples", async () => {
    expect(await applied(Discretization([0, 1, 2]), data)).toEqual([
      [0, 2, 3, 1],
      [1, 3, 2, 1],
    ])
    const layer = Discretization({ numBins: 4, epsilon: 0.01 })
    await layer.adapt(data)
    expect(await applied(layer, data)).toEqual([
      [0, 2, 3, 2],
      [1, 3, 3, 1],
    ])
    expect(layer.getConfig()).toMatchObject({ numBins: 4, binBoundaries: layer.binBoundaries })
  })

  test('bins as vectors', async () => {
    const of = (outputMode: 'one_hot' | 'multi_hot' | 'count') => Discretization([0, 1, 2], { outputMode })
    expect(await applied(of('one_hot'), [[-1], [1.5]])).toEqual([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
    ])
    expect(await applied(of('one_hot'), [[-1, 1.5]])).toEqual([
      [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
      ],
    ])
    expect(await applied(of('multi_hot'), data)).toEqual([
      [1, 1, 1, 1],
      [0, 1, 1, 1],
    ])
    expect(await applied(of('count'), data)).toEqual([
      [1, 1, 1, 1],
      [0, 2, 1, 1],
    ])
  })

  test('bins hold alike many of a stream of batches', async () => {
    const numbers = Float32Array.from({ length: 4000 }, (_, i) => ((i * 2654435761) % 4001) ** 2)
    const layer = Discretization({ numBins: 5 })
    await layer.adapt(Array.from({ length: 8 }, (_, i) => tensor(numbers.subarray(500 * i, 500 * (i + 1)))))
    const boundaries = layer.binBoundaries ?? []
    expect(boundaries).toHaveLength(4)
    boundaries.forEach((boundary, i) => {
      const share = numbers.filter((x) => x < boundary).length / numbers.length
      expect(Math.abs(share - (i + 1) / 5)).toBeLessThan(0.03)
    })
  })

  // From Keras 3.16.
  test.each([
    [{ numBins: 4, epsilon: 0.2 }, [-1.36865234375, 10.81673812866211, 40.348575592041016]],
    [{ numBins: 3 }, [0.9999997615814209, 31.622774124145508]],
    [
      { numBins: 5, epsilon: 0.05 },
      [-1.600000023841858, 4.722607135772705, 23.501937866210938, 50.17878723144531],
    ],
  ])('bins of two batches, %j', async (options, expected) => {
    const layer = Discretization(options)
    const batch = (length: number, of: (i: number) => number) =>
      tensor(Array.from({ length }, (_, i) => of(i)))
    await layer.adapt([batch(20, (i) => i ** 1.5), batch(7, (i) => -i)])
    expect(layer.binBoundaries).toHaveLength(expected.length)
    layer.binBoundaries?.forEach((boundary, i) => void expect(boundary).toBeCloseTo(expected[i] as number, 5))
  })

  test('what is wrong is said', async () => {
    expect(() => Discretization()).toThrow('expected binBoundaries, or numBins to adapt, got neither')
    expect(() => Discretization({ binBoundaries: [1], numBins: 2 })).toThrow('got both')
    expect(() => Discretization([1, 1])).toThrow('expected binBoundaries to be ascending numbers, got [1, 1]')
    expect(() => Discretization({ numBins: 2 })(Input([1]))).toThrow('Call await layer.adapt(data) first.')
    await expect(Discretization([1]).adapt([1])).rejects.toThrow('expected a layer with numBins')
    const layer = Discretization({ numBins: 3 })
    await layer.adapt([1, 2, 3, 4, 5, 6])
    layer(Input([1]))
    await expect(layer.adapt([1])).rejects.toThrow('Adapt the layer before a model is made of it.')
  })
})

describe('CategoryEncoding', () => {
  test("Keras's examples", async () => {
    expect(await applied(CategoryEncoding(4, 'one_hot'), [3, 2, 0, 1], [])).toEqual([
      [0, 0, 0, 1],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ])
    const ids = [
      [0, 1],
      [0, 0],
      [1, 2],
      [3, 1],
    ]
    expect(await applied(CategoryEncoding(4), ids)).toEqual([
      [1, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 1, 1, 0],
      [0, 1, 0, 1],
    ])
    const [input, weights] = [Input({ shape: [2], dtype: 'int32' }), Input([2])]
    const layer = CategoryEncoding({ numTokens: 4, outputMode: 'count' })
    const model = Model([input, weights], layer(input, { countWeights: weights }))
    for (const backend of ['cpu', 'webgpu'] as const) {
      await chooseBackend(backend)
      const result = await model.predict<Tensor>([
        ids,
        [
          [0.1, 0.2],
          [0.1, 0.1],
          [0.2, 0.3],
          [0.4, 0.2],
        ],
      ] as never)
      expectClose('counts', result.data, [0.1, 0.2, 0, 0, 0.2, 0, 0, 0, 0, 0.2, 0.3, 0, 0, 0.2, 0, 0.4], 1e-7)
    }
    model.dispose()
  })

  test('another id is reported', async () => {
    const model = Sequential([Input([2]), CategoryEncoding(3)])
    for (const backend of ['cpu', 'webgpu'] as const) {
      await chooseBackend(backend)
      await expect(
        model.predict([
          [0, 1],
          [2, 3],
        ]),
      ).rejects.toThrow('expected ids from 0 to 2, whole numbers, got 3 in sample 1')
    }
    model.dispose()
    expect(() => CategoryEncoding(3)(Input([]))).toThrow("for outputMode 'multi_hot', got [batch]")
    expect(() => CategoryEncoding(3)(Input([2]), { countWeights: Input([2]) })).toThrow('no countWeights')
  })
})
