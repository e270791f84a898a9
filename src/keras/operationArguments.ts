// Arguments of functions of Keras's backend and of TensorFlow, as functions of `ops` take them.

import * as ops from '../operations/index.ts'
import type { Declared } from '../operations/operationLayer.ts'
import { type Parameter, readParameters } from '../operations/signature.ts'

/** A function of `ops`. */
export type Operation = ((...args: readonly unknown[]) => unknown) & Partial<Declared>

/** What parameters are called elsewhere. */
const PARAMETERS: Readonly<Record<string, string>> = {
  keepDims: 'keepdims',
  perm: 'axes',
  pattern: 'axes',
  dim: 'axis',
  dims: 'axis',
  multiples: 'repeats',
  n: 'repeats',
  rep: 'repeats',
  reps: 'repeats',
  targetShape: 'newshape',
  shape: 'newshape',
  clipValueMin: 'xMin',
  clipValueMax: 'xMax',
  minValue: 'xMin',
  maxValue: 'xMax',
  depth: 'numClasses',
  numOrSizeSplits: 'indicesOrSections',
  alpha: 'negativeSlope',
}

/** What first and second tensors are called elsewhere. */
const TENSORS = [
  [
    'input',
    'inputTensor',
    'tensor',
    'tensors',
    'values',
    'value',
    'inputs',
    'a',
    'x',
    'x1',
    'logits',
    'features',
    'params',
  ],
  ['y', 'b', 'x2', 'other', 'indices'],
]

/** Defaults that the backend and TensorFlow have and `ops` has not. */
function defaultsOf(path: string, name: string): Readonly<Record<string, unknown>> {
  const isOps = path.startsWith('keras.ops')
  if (isOps) return {}
  if (name === 'concatenate' || (name === 'expand_dims' && path.startsWith('keras.backend')))
    return { axis: -1 }
  if (name === 'gather' || name === 'cumsum' || name === 'cumprod') return { axis: 0 }
  if (name === 'argmax' || name === 'argmin') return { axis: path.startsWith('keras.backend') ? -1 : 0 }
  return {}
}

/** Puts arguments into the order of a function's parameters, and calls it. */
export function callWith(
  operation: Operation,
  placed: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
  { path, name }: { readonly path: string; readonly name: string },
): unknown {
  const text = operation.declaration?.parameters
  const given = new Map(named)
  given.delete('name')
  given.delete('dtype')
  if (text === undefined) return operation(...placed, ...given.values())
  const parameters = readParameters(text).filter(({ kind }) => kind !== 'fixed')
  if (parameters.some(({ kind }) => kind === 'rest'))
    return operation(...placed, ...(given.size > 0 ? [Object.fromEntries(given)] : []))
  const byName = new Map<string, unknown>(Object.entries(defaultsOf(path, name)))
  for (const [i, value] of placed.entries()) byName.set(parameters[i]?.name ?? `argument ${i + 1}`, value)
  for (const [key, value] of given) byName.set(parameterOf(parameters, key), value)
  transposeFactors(byName, given)
  if (name === 'split' && !path.startsWith('keras.ops')) sizesToIndices(byName)
  const args: unknown[] = []
  const fields: Record<string, unknown> = {}
  for (const { name: parameter, place, isField } of parameters) {
    if (!byName.has(parameter)) continue
    if (isField) fields[parameter] = byName.get(parameter)
    else args[place] = byName.get(parameter)
    byName.delete(parameter)
  }
  const field = parameters.find(({ isField }) => isField)
  if (field && Object.keys(fields).length > 0) args[field.place] = fields
  // What is left over the function refuses by itself.
  return operation(...Array.from(args), ...byName.values())
}

function parameterOf(parameters: readonly Parameter[], key: string): string {
  const known = (name: string | undefined): boolean => parameters.some((parameter) => parameter.name === name)
  if (known(key)) return key
  const renamed = PARAMETERS[key]
  if (renamed !== undefined && known(renamed)) return renamed
  const place = TENSORS.findIndex((names) => names.includes(key))
  return parameters[place]?.name ?? key
}

/** `tf.matmul(a, b, transpose_b=True)`. */
function transposeFactors(byName: Map<string, unknown>, given: ReadonlyMap<string, unknown>): void {
  for (const [flag, name] of [
    ['transposeA', 'x1'],
    ['transposeB', 'x2'],
  ] as const) {
    if (!given.has(flag)) continue
    byName.delete(flag)
    if (given.get(flag) === true) byName.set(name, ops.swapaxes(byName.get(name) as never, -1, -2))
  }
}

/** `tf.split(x, [2, 3])` gives sizes of parts, `ops.split` takes the indices at which they end. */
function sizesToIndices(byName: Map<string, unknown>): void {
  const sizes = byName.get('indicesOrSections')
  if (!Array.isArray(sizes)) return
  let end = 0
  byName.set(
    'indicesOrSections',
    sizes.slice(0, -1).map((size: number) => {
      end += size
      return end
    }),
  )
}
