// Connectionist temporal classification: the loss of labels whose places in time are not known.

import { checkInteger, fail, impossible } from '../errors.ts'
import { onLastAxes } from '../layers/axes.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as ctcSides from '../ops/ctc.cpu.ts'
import { ctc } from '../ops/ctc.ts'
import * as softmaxSides from '../ops/softmax.cpu.ts'
import { softmax } from '../ops/softmax.ts'
import { showShape } from '../util/shape.ts'
import { defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'

const losses = defineOperation<{ readonly blank: number }>({
  name: 'ctcLoss',
  sides: { ...ctcSides, ...softmaxSides },
  outputShapes: ([, output = []]) => [output.slice(0, 1)],
  lower(graph, operands, attrs) {
    const [labels, output, labelLengths, lengths] = operands.map((operand) =>
      tensorOf(operand, 'ops.ctcLoss'),
    )
    if (!labels || !output || !labelLengths || !lengths) impossible('ctcLoss has four operands')
    const x = onLastAxes(graph, output, [2], (rows) => softmax(graph, { x: rows }, { logarithm: true }).y)
    return [ctc(graph, { x, labels, labelLengths, lengths }, attrs).loss]
  },
})

/**
 * The negative logarithm of the probability of labels, over all ways to spread them in time: target [batch, labels], output the logits
 * [batch, steps, classes], of which as many count as targetLength and outputLength [batch] say → [batch].
 *
 * @param maskIndex The class that stands between labels, 0 by default.
 * @see keras/src/ops/nn.py
 */
export const ctcLoss = operation(
  'nn',
  'CTCLoss',
  'target output targetLength outputLength maskIndex=0',
  (
    target: Operand,
    output: Operand,
    targetLength: Operand,
    outputLength: Operand,
    maskIndex = 0,
  ): SymbolicTensor => {
    const name = 'ops.ctcLoss'
    const operands = [target, output, targetLength, outputLength]
    const shapes = operands.map((operand) => shapeOfOperand(operand, name))
    const logits = shapes[1] ?? []
    if (shapes.map(({ length }) => length).join() !== '2,3,1,1')
      return fail(name, {
        expected: 'target [batch, labels], output [batch, steps, classes], and their lengths [batch]',
        got: shapes.map(showShape).join(', '),
      })
    const classes = logits[2] ?? null
    const blank = checkInteger(name, 'maskIndex', maskIndex, {
      min: 0,
      ...(classes === null ? {} : { max: classes - 1 }),
    })
    return single(losses(name, operands, { blank }))
  },
  { name: 'ctcLoss' },
)
