/** Convolution against the definition, differences and the GPU: odd sizes, strides, dilation, padding, groups. */
import { expect, test } from 'vitest'
import { activations } from '../../src/ops/activations.ts'
import {
  type ConvolutionAttributes,
  convolution,
  convolutionInputGradient,
} from '../../src/ops/convolution.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const plain: ConvolutionAttributes = { strides: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 }

test('one window by hand', async () => {
  const { outputs } = await checkOp(convolution, {
    inputs: {
      x: tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]),
      kernel: tensor([1, 0, 0, -1], [2, 2, 1, 1]),
      bias: tensor([10], [1]),
    },
    attrs: plain,
    roundings: 8,
  })
  expect([...(outputs.y ?? [])]).toEqual([6, 6, 6, 6])
})

test.each<[string, Partial<ConvolutionAttributes>, number[], number[]]>([
  ['a single number', {}, [1, 1, 1, 1], [1, 1, 1, 1]],
  ['one axis', { padding: [0, 0, 2, 0] }, [3, 1, 11, 5], [1, 3, 5, 7]],
  ['over a tile', {}, [2, 7, 5, 3], [3, 3, 3, 37]],
  ['strides', { strides: [2, 3], padding: [1, 1, 1, 0] }, [2, 9, 8, 3], [3, 2, 3, 5]],
  ['strides that leave a rest', { strides: [2, 2] }, [1, 6, 8, 2], [3, 3, 2, 3]],
  ['dilation', { dilation: [2, 3], padding: [2, 2, 3, 3] }, [1, 7, 9, 2], [3, 3, 2, 5]],
  ['groups', { groups: 3 }, [2, 5, 4, 9], [2, 2, 3, 15]],
  ['a filter for each channel', { groups: 5, padding: [1, 1, 1, 1] }, [2, 4, 4, 5], [3, 3, 1, 5]],
  ['more positions than a chunk', {}, [3, 17, 13, 1], [2, 2, 1, 3]],
])('%s', async (_, changes, x, kernel) => {
  const attrs = { ...plain, ...changes }
  await checkOp(convolution, {
    inputs: { x, kernel, bias: [kernel[3] ?? 1] },
    attrs,
    by: ['x', 'kernel', 'bias'],
    products: true,
    roundings: 16,
  })
})

test('activation', async () => {
  await checkOp(convolution, {
    inputs: { x: [2, 3, 3, 2], kernel: [2, 2, 2, 3], bias: [3] },
    attrs: { ...plain, activation: activations.tanh.code },

    roundings: 16,
  })
})

test('the input gradient is an operation that can be differentiated: a transposed convolution', async () => {
  await checkOp(convolutionInputGradient, {
    inputs: { dy: [2, 3, 2, 5], kernel: [3, 2, 3, 5] },
    attrs: { ...plain, strides: [2, 3], input: [2, 7, 6, 3] },
    by: ['dy', 'kernel'],
    products: true,
    roundings: 16,
  })
})
