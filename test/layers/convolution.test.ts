/** Conv1D, Conv2D and pooling: shapes by Keras's rules, and its refusals. */
import { expect, test } from 'vitest'
import {
  AveragePooling1D,
  Conv1D,
  Conv2D,
  GlobalAveragePooling2D,
  GlobalMaxPooling1D,
  Input,
  MaxPooling1D,
  MaxPooling2D,
  type SymbolicTensor,
} from '../../src/index.ts'

const line = (steps: number, channels = 4): SymbolicTensor => Input([steps, channels])
const image = (height: number, width: number, channels = 4): SymbolicTensor =>
  Input([height, width, channels])

test.each<[string, () => SymbolicTensor, (number | null)[]]>([
  ['valid', () => Conv1D(6, 3)(line(10)), [null, 8, 6]],
  ['same', () => Conv1D(6, 4, { padding: 'same', strides: 3 })(line(10)), [null, 4, 6]],
  ['causal', () => Conv1D(6, 3, { padding: 'causal', dilationRate: 4 })(line(10)), [null, 10, 6]],
  ['dilation', () => Conv1D(6, 3, { dilationRate: 2 })(line(10)), [null, 6, 6]],
  ['two axes', () => Conv2D(6, [3, 2], { strides: [2, 1] })(image(9, 8)), [null, 4, 7, 6]],
  ['groups', () => Conv2D(6, 3, { groups: 2 })(image(9, 8)), [null, 7, 6, 6]],
  ['maximum', () => MaxPooling1D()(line(9)), [null, 4, 4]],
  ['maximum, same', () => MaxPooling2D(2, { padding: 'same' })(image(5, 4)), [null, 3, 2, 4]],
  ['mean, strides', () => AveragePooling1D(3, { strides: 1 })(line(9)), [null, 7, 4]],
  ['all there is', () => GlobalMaxPooling1D()(line(9)), [null, 4]],
  ['all there is, axes kept', () => GlobalAveragePooling2D({ keepdims: true })(image(3, 5)), [null, 1, 1, 4]],
])('shape: %s', (_, make, shape) => {
  expect(make().shape).toEqual(shape)
})

test.each<[string, () => unknown, string]>([
  [
    'a window larger than its input',
    () => Conv1D(6, 5, { name: 'wide' })(line(4)),
    'Conv1D "wide": expected an input of at least 5 along axis 1, got 4 (input [batch, 4, 4]). Use a smaller window, or padding: \'same\'.',
  ],
  [
    'strides and dilation',
    () => Conv1D(6, 3, { name: 'both', strides: 2, dilationRate: 2 }),
    'Conv1D "both": expected strides or dilationRate of 1, got strides 2 and dilationRate 2.',
  ],
  [
    'filters that groups do not divide',
    () => Conv1D(5, 3, { name: 'odd', groups: 2 }),
    'Conv1D "odd": expected filters that 2 groups divide, got 5.',
  ],
  [
    'channels that groups do not divide',
    () => Conv1D(6, 3, { name: 'odd', groups: 3 })(line(9)),
    'Conv1D "odd": expected channels that 3 groups divide, got 4 (input [batch, 9, 4]).',
  ],
  [
    'causal in two dimensions',
    () => Conv2D(6, 3, { name: 'late', padding: 'causal' }),
    "Conv2D \"late\": expected padding 'valid' or 'same' in two dimensions, got 'causal'.",
  ],
  [
    'an input without channels',
    () => Conv2D(6, 3, { name: 'flat' })(line(9)),
    'Conv2D "flat": expected input [batch, height, width, channels], got [batch, 9, 4].',
  ],
  [
    'three extents for two axes',
    () => Conv2D(6, [3, 3, 3], { name: 'deep' }),
    'Conv2D "deep": expected kernelSize as one integer or 2, got [3, 3, 3].',
  ],
  [
    'a pool larger than its input',
    () => MaxPooling1D(5, { name: 'pool' })(line(4)),
    'MaxPooling1D "pool": expected an input of at least 5 along axis 1, got 4 (input [batch, 4, 4]). Use a smaller window, or padding: \'same\'.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
