// Every function of `ops` that files may name, called on symbolic tensors: x and y of [batch, 3, 4] between 0 and 1.
import { ops, type SymbolicTensor, type Tensor } from '../../src/index.ts'
import type { Declared } from '../../src/operations/operationLayer.ts'
import { readParameters } from '../../src/operations/signature.ts'
import { imageCalls } from './everyImageOperation.ts'
import { uniform } from './values.ts'

type Call = (x: SymbolicTensor, y: SymbolicTensor) => unknown

/** Numbers between −1 and 1. */
const kernel = (shape: readonly number[]): Tensor => uniform(shape, -1, 1)

/** Calls whose arguments do not follow from the parameters. */
/** Matrices [batch, 3, 3] that have inverses. */
const square = (x: SymbolicTensor): SymbolicTensor =>
  ops.add(ops.getItem(x, [null, null, [0, 3]]), [
    [3, 0, 0],
    [0, 3, 0],
    [0, 0, 3],
  ])

const calls: Readonly<Record<string, Call>> = {
  adaptiveAveragePool: (x) => ops.adaptiveAveragePool(x, [2]),
  adaptiveMaxPool: (x) => ops.adaptiveMaxPool(x, [3], 'channels_first'),
  cholesky: (x) => ops.cholesky(square(x)),
  choleskyInverse: (x) => ops.choleskyInverse(square(x)),
  det: (x) => ops.det(square(x)),
  inv: (x) => ops.inv(square(x)),
  logdet: (x) => ops.logdet(square(x)),
  slogdet: (x) => ops.slogdet(square(x)),
  solve: (x, y) => ops.solve(square(x), y),
  solveTriangular: (x, y) => ops.solveTriangular(square(x), y, true),
  corrcoef: (x) => ops.corrcoef(ops.sum(x, 0)),
  correlate: (x) => ops.correlate(ops.sum(x, [0, 1]), [1, 2]),
  fft: (x, y) => ops.fft([x, y]),
  fft2: (x, y) => ops.fft2([x, y]),
  ifft2: (x, y) => ops.ifft2([x, y]),
  irfft: (x, y) => ops.irfft([x, y], 5),
  rfft: (x) => ops.rfft(x, 5),
  stft: (x) => ops.stft(x, 2, 1, 3),
  istft: (x, y) => ops.istft([x, y], 5, 2, 6, { window: 'hamming' }),
  fold: (x) => ops.fold(ops.transpose(x, [0, 2, 1]), [2, 4], 2),
  unfold: (x) => ops.unfold(ops.expandDims(x, 1), [2, 1]),
  histogram: (x) => ops.histogram(ops.sum(x, [0, 1]), 3),
  unique: (x) => [ops.unique(ops.argmax(x, 1), { returnInverse: true, size: 3 })].flat(),
  nanpercentile: (x) => ops.nanpercentile(x, [25, 50], 1),
  nanquantile: (x) => ops.nanquantile(x, 0.3, 1, 'higher', true),
  saturateCast: (x) => ops.saturateCast(ops.multiply(x, 300), 'uint8'),
  scatterUpdate: (x) =>
    ops.scatterUpdate(
      ops.sum(x, 0),
      [[2], [0]],
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      'add',
    ),
  arraySplit: (x) => ops.arraySplit(x, 3, 2),
  averagePool: (x) => ops.averagePool(x, 2),
  maxPool: (x) => ops.maxPool(x, [2], { strides: 1, padding: 'same', dataFormat: 'channels_first' }),
  conv: (x) => ops.conv(x, kernel([2, 4, 3]), { padding: 'same' }),
  convTranspose: (x) => ops.convTranspose(x, kernel([3, 2, 4]), { strides: 2 }),
  depthwiseConv: (x) => ops.depthwiseConv(x, kernel([2, 4, 2])),
  separableConv: (x) => ops.separableConv(x, kernel([2, 4, 2]), kernel([1, 8, 3])),
  matrixPower: (x) => ops.matrixPower(ops.matmul(x, ops.transpose(x, [0, 2, 1])), 3),
  sliceUpdate: (x) => ops.sliceUpdate(ops.sum(x, 0), [1, 1], [[5, 6]]),
  unravelIndex: (x) => ops.unravelIndex(ops.floor(ops.multiply(x, 12)), [3, 4]),
  columnStack: (x, y) => ops.columnStack([x, y]),
  dstack: (x, y) => ops.dstack([x, y]),
  dsplit: (x) => ops.dsplit(x, 2),
  hsplit: (x) => ops.hsplit(x, [1]),
  vsplit: (x) => ops.vsplit(ops.sum(x, 0), 3),
  fullLike: (x) => ops.fullLike(x, 3),
  kron: (x) => ops.kron(ops.sum(x, 0), [[1, 2]]),
  vander: (x) => ops.vander(ops.sum(x, [0, 1]), 3),
  extractSequences: (x) => ops.extractSequences(x, 2, 1),
  append: (x, y) => ops.append(x, y, 1),
  argpartition: (x) => ops.argpartition(x, 1),
  average: (x) => ops.average(x, 1, [1, 2, 3]),
  batchNormalization: (x) =>
    ops.batchNormalization(x, [0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4], -1, { scale: [1, 2, 1, 2] }),
  bincount: (x) => ops.bincount(ops.floor(ops.multiply(x, 4)), null, 4),
  cross: (x, y) => ops.cross(x, y, { axis: 1 }),
  ctcLoss: (x) => {
    const zero = ops.multiply(ops.sum(x, 2), 0)
    const length = ops.sum(zero, 1)
    return ops.ctcLoss(ops.add(zero, [1, 2, 1]), x, ops.add(length, 1), ops.add(length, 3))
  },
  ctcDecode: (x) => ops.ctcDecode(x, ops.add(ops.multiply(ops.sum(x, [1, 2]), 0), 2), { maskIndex: 3 }),
  diag: (x) => ops.diag(ops.sum(x, [0, 1])),
  diagflat: (x) => ops.diagflat(ops.sum(x, 0)),
  diagonal: (x) => ops.diagonal(x, 1, 1, 2),
  digitize: (x) => ops.digitize(x, [0.2, 0.5, 0.9]),
  dotProductAttention: (x) => {
    const heads = ops.expandDims(x, 2)
    return ops.dotProductAttention(heads, heads, heads, {
      bias: ops.expandDims(ops.sum(x, 2, true), 1),
      scale: 0.3,
      isCausal: true,
    })
  },
  depthToSpace: (x) => ops.depthToSpace(ops.expandDims(x, 1), 2),
  spaceToDepth: (x) => ops.spaceToDepth(ops.expandDims(ops.getItem(x, [null, [0, 2]]), -1), 2),
  inTopK: (x) => ops.inTopK(ops.argmax(ops.sum(x, 1), 1), ops.sum(x, 1), 2),
  meshgrid: (x) => ops.meshgrid(ops.sum(x, [0, 1]), [1, 2]),
  multiHot: (x) => ops.multiHot(ops.argmax(x, 2), 4),
  layerNormalization: (x) => ops.layerNormalization(x, [1, 2, 3, 4], [0, 1, 0, 1]),
  hstack: (x, y) => ops.hstack([x, y]),
  vstack: (x) => ops.vstack([ops.sum(x, [0, 1]), [1, 2, 3, 4]]),
  moments: (x) => ops.moments(x, [1, 2]),
  percentile: (x) => ops.percentile(x, [25, 50], 1),
  psnr: (x, y) => ops.psnr(x, y, 1),
  quantile: (x) => ops.quantile(x, 0.3, 1, 'higher', true),
  rmsNormalization: (x) => ops.rmsNormalization(x, [1, 2, 3, 4]),
  scatter: (x) => ops.scatter(ops.expandDims(ops.argmax(x, 2), -1), ops.getItem(x, ['...', 0]), [4]),
  searchsorted: (x) => ops.searchsorted([0.1, 0.4, 0.8], x, 'right'),
  segmentMax: (x) => ops.segmentMax(ops.sum(x, 2), ops.argmax(ops.sum(x, 2), 1), 3),
  segmentMin: (x) => ops.segmentMin(x, ops.argmax(ops.sum(x, 2), 1), 3),
  segmentProd: (x) => ops.segmentProd(x, ops.argmax(ops.sum(x, 2), 1), 3),
  segmentSum: (x) => ops.segmentSum(x, ops.argmax(ops.sum(x, 2), 1), 3),
  select: (x, y) => ops.select([ops.less(x, 0.3), ops.less(x, 0.6)], [x, y], 2),
  sparseCategoricalCrossentropy: (x) => ops.sparseCategoricalCrossentropy(ops.argmax(x, 2), x),
  glu: (x) => ops.glu(x),
  isclose: (x, y) => ops.isclose(x, y, undefined, 0.3),
  rot90: (x) => ops.rot90(x, 1, [1, 2]),
  threshold: (x) => ops.threshold(x, 0.5, -1),
  topK: (x) => ops.topK(x, 2),
  trace: (x) => ops.trace(x, 0, 1, 2),
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

export const declared: readonly (readonly [name: string, Declared & ((...args: unknown[]) => unknown)])[] = [
  ...Object.entries<unknown>(ops),
  ...Object.entries<unknown>(ops.image).map(([name, fn]) => [`image.${name}`, fn] as const),
].flatMap(([name, fn]) =>
  fn instanceof Function && 'declaration' in fn
    ? [[name, fn as unknown as Declared & ((...args: unknown[]) => unknown)] as const]
    : [],
)

/** A call of a function: one of the table, or one whose parameters are all operands, or an axis and options with defaults. */
export function callOf(name: string): Call {
  const own = calls[name] ?? imageCalls[name]
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
