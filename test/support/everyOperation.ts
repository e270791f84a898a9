// Every function of `ops` that files may name, called on symbolic tensors: x and y of [batch, 3, 4] between 0 and 1.
import { ops, type SymbolicTensor } from '../../src/index.ts'
import type { Declared } from '../../src/operations/operationLayer.ts'
import { readParameters } from '../../src/operations/signature.ts'

type Call = (x: SymbolicTensor, y: SymbolicTensor) => unknown

/** Calls whose arguments do not follow from the parameters. */
const calls: Readonly<Record<string, Call>> = {
  broadcastTo: (x) => ops.broadcastTo(ops.sum(x, 1, true), [null, 5, 4]),
  cast: (x) => ops.cast(ops.multiply(x, 5), 'int32'),
  clip: (x) => ops.clip(x, 0.2, 0.7),
  concatenate: (x, y) => ops.concatenate([x, y, ops.tanh(x)], 1),
  dot: (x) => ops.dot(x, [1, 2, 3, 4]),
  einsum: (x, y) => ops.einsum('btf,bsf->bts', x, y),
  expandDims: (x) => ops.expandDims(x, [1, -1]),
  getItem: (x) => ops.getItem(x, ['...', 'newaxis', [1, null, 2]]),
  matmul: (x, y) => ops.matmul(x, ops.transpose(y, [0, 2, 1])),
  moveaxis: (x) => ops.moveaxis(x, [1, 2], [2, 1]),
  norm: (x) => ops.norm(x, 1, -1),
  oneHot: (x) => ops.oneHot(ops.argmax(x, 1), 3, 1),
  outer: (x) => ops.outer(x, [1, 2, 3]),
  pad: (x) =>
    ops.pad(x, [
      [0, 0],
      [1, 2],
      [0, 1],
    ]),
  repeat: (x) => ops.repeat(x, [1, 0, 2], 1),
  reshape: (x) => ops.reshape(x, [-1, 12]),
  roll: (x) => ops.roll(x, 1, 1),
  slice: (x) => ops.slice(x, [0, 1, 2], [-1, 2, 1]),
  split: (x) => ops.split(x, [1], 1),
  squeeze: (x) => ops.squeeze(ops.sum(x, 1, true), 1),
  stack: (x, y) => ops.stack([x, y], 1),
  swapaxes: (x) => ops.swapaxes(x, 1, 2),
  take: (x) => ops.take(x, [2, 0, -1], 1),
  takeAlongAxis: (x) => ops.takeAlongAxis(x, ops.argmax(x, 1, true), 1),
  tensordot: (x) =>
    ops.tensordot(
      x,
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      1,
    ),
  tile: (x) => ops.tile(x, [1, 2, 1]),
  transpose: (x) => ops.transpose(x, [0, 2, 1]),
  unstack: (x) => ops.unstack(x, 3, 1),
  where: (x, y) => ops.where(ops.less(x, y), x, 3),
  mod: (x) => ops.mod(x, 0.3),
}

export const declared: readonly (readonly [name: string, Declared & ((...args: unknown[]) => unknown)])[] =
  Object.entries<unknown>({ ...ops }).flatMap(([name, fn]) =>
    fn instanceof Function && 'declaration' in fn
      ? [[name, fn as unknown as Declared & ((...args: unknown[]) => unknown)] as const]
      : [],
  )

/** A call of a function: one of the table, or one whose parameters are all operands, or an axis and options with defaults. */
export function callOf(name: string): Call {
  const own = calls[name]
  if (own) return own
  const fn = declared.find(([other]) => other === name)?.[1]
  if (!fn) throw new Error(`${name} is not declared`)
  const parameters = readParameters(fn.declaration.parameters).filter(({ kind }) => kind !== 'fixed')
  return (x, y) =>
    fn(
      ...parameters.map(({ name: parameter, kind, fallback }, i) => {
        if (kind === 'argument') return i === 0 ? x : y
        if (parameter === 'axis') return 1
        if (kind === 'option' && fallback !== undefined) return undefined
        throw new Error(`ops.${name} is not in the table of calls`)
      }),
    )
}
