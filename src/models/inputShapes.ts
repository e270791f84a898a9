// The inputs of a model of the user's own, how many there are and their shapes, as `build` or the first data say.

import { describeValue, fail } from '../errors.ts'
import { type Arrangement, listOf, namedBy } from '../layers/own/arrangement.ts'
import { isBatchStream } from '../util/batchStream.ts'
import { mapValues } from '../util/mapValues.ts'
import { isOptions } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { isTensorData, type TensorData, toTensor } from '../util/tensor.ts'
import { isTable } from './data/arrays.ts'

export interface InputShapes {
  readonly shapes: readonly OpenShape[]
  readonly arrangement: Arrangement
}

/** The shapes of inputs. */
export function shapesOfData(x: unknown, where: string): InputShapes {
  const isStream = isBatchStream(x) && !isTensorData(x)
  const isArray = Array.isArray(x) || ArrayBuffer.isView(x) || isTensorData(x)
  if (isStream || !(isArray || isTable(x))) {
    return fail(where, {
      expected: 'a model that knows the shapes of its inputs, or arrays to take them from',
      got: isStream ? 'a stream of batches' : describeValue(x),
      remedy: 'Call model.build([null, timesteps, features]) first.',
    })
  }
  const isTensors = Array.isArray(x) && x.length > 1 && x.every(isTensorData)
  const read = (value: unknown, name: string): OpenShape => {
    const [rows, ...sample] = toTensor(value, `${where}, ${name}`).shape
    if (rows === undefined) fail(`${where}, ${name}`, { expected: 'samples', got: 'a single number' })
    return [null, ...sample]
  }
  if (isTable(x)) {
    const names = Object.keys(x)
    if (names.length === 0) fail(`${where}, x`, { expected: 'data', got: '{}' })
    return { shapes: names.map((name) => read(x[name], `x "${name}"`)), arrangement: namedBy(names) }
  }
  if (!isTensors) {
    const [only] = Array.isArray(x) && x.length === 1 && isTensorData(x[0]) ? x : [x]
    return { shapes: [read(only, 'x')], arrangement: null }
  }
  const tensors = x as readonly TensorData[]
  const rows = tensors.map(({ shape }) => shape[0])
  if (rows.some((count) => count !== rows[0])) {
    fail(`${where}, x`, {
      expected: 'a list of inputs with as many samples each, in a model that was not built',
      got: `tensors of ${rows.join(' and ')}`,
      remedy: 'For samples of different lengths call model.build([null, null, features]) first.',
    })
  }
  return { shapes: tensors.map((item, i) => read(item, `x[${i}]`)), arrangement: listOf(tensors.length) }
}

/** The shapes that a call of build is given: one, or lists and objects of shapes. */
export function readShapes(given: unknown, where: string): InputShapes {
  const shapes: OpenShape[] = []
  const read = (part: unknown): Arrangement => {
    const isGroup = Array.isArray(part) || isOptions(part)
    if (isShape(part)) shapes.push(part)
    else if (!isGroup || Object.keys(part).length === 0)
      fail(where, {
        expected:
          'a shape with the batch in front, [null, timesteps, features], or a list or an object of such',
        got: describeValue(given),
      })
    if (isShape(part)) return null
    return Array.isArray(part) ? part.map(read) : mapValues(part as Record<string, unknown>, read)
  }
  const arrangement = read(given)
  return { shapes, arrangement }
}

const isShape = (value: unknown): value is OpenShape =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((extent) => extent === null || Number.isInteger(extent))
