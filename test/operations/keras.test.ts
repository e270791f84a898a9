// Functions of ops against numbers of Keras 3.16, with gradients.
import { ops, type SymbolicTensor, tensor } from '../../src/index.ts'
import { testAgainstKeras } from '../support/againstKeras.ts'

/** x with NaN at every fourth place. */
const hole = (x: SymbolicTensor): SymbolicTensor => {
  const places = Float32Array.from({ length: ops.size(x) ?? 0 }, (_, i) => Number(i % 4 === 1))
  return ops.where(tensor(places, x.shape as readonly number[]), Number.NaN, x)
}
/** A symmetric matrix with an inverse. */
const definite = (x: SymbolicTensor): SymbolicTensor => ops.add(ops.matmul(x, ops.transpose(x)), ops.eye(3))
const zeroOf = (x: SymbolicTensor): SymbolicTensor => ops.multiply(ops.sum(x), 0)

testAgainstKeras({
  bitwiseAnd: { onGpu: true, fn: (x, y) => ops.bitwiseAnd(x, y), by: '' },
  'bitwiseOr with a number': { fn: (x) => ops.bitwiseOr(x, 12), by: '' },
  bitwiseXor: { fn: (x, y) => ops.bitwiseXor(x, y), by: '' },
  bitwiseNot: { fn: (x) => ops.bitwiseNot(x), by: '' },
  leftShift: { onGpu: true, fn: (x, y) => ops.leftShift(x, y), by: '' },
  rightShift: { fn: (x) => ops.rightShift(x, 3), by: '' },
  gcd: { onGpu: true, fn: (x, y) => ops.gcd(x, y), by: '' },
  lcm: { onGpu: true, fn: (x, y) => ops.lcm(x, y), by: '' },
  angle: { fn: (x) => ops.angle(x), by: '' },
  conj: (x) => ops.conj(x),
  signbit: { fn: (x) => ops.signbit(x), by: '' },
  saturateCast: { fn: (x) => ops.saturateCast(ops.multiply(x, 300), 'uint8'), by: '' },
  fft: (x, y) => ops.fft([x, y]),
  'fft of two factors': (x, y) => ops.fft([x, y]),
  rfft: (x) => ops.rfft(x, 9),
  irfft: (x, y) => ops.irfft([x, y]),
  'irfft of two factors': (x, y) => ops.irfft([x, y], 66),
  ifft2: (x, y) => ops.ifft2([x, y]),
  fft2: (x, y) => ops.fft2([x, y]),
  stft: (x) => ops.stft(x, 5, 3, 8),
  istft: (x, y) => ops.istft([x, y], 8, 3, 8, { length: 14 }),
  'istft of shorter windows': (x, y) => ops.istft([x, y], 6, 3, 8, { window: 'hamming' }),
  erfinv: { onGpu: true, fn: (x) => ops.erfinv(x) },
  i0: { onGpu: true, fn: (x) => ops.i0(x) },
  nanquantile: (x) => ops.nanquantile(hole(x), [0.2, 0.7], [0, 2], 'linear', true),
  nanmedian: (x) => ops.nanmedian(hole(x), 1),
  'nanpercentile, nearest': (x) => ops.nanpercentile(hole(x), 40, null, 'nearest'),
  'quantile over axes': (x) => ops.quantile(x, 0.3, [0, 2]),
  histogram: { fn: (x) => ops.histogram(x, 5), by: '' },
  'histogram of a range': { fn: (x) => ops.histogram(x, 4, [-0.5, 0.75]), by: '' },
  unique: {
    onGpu: true,
    fn: (x) => ops.unique(x, { returnInverse: true, returnCounts: true, size: 9, fillValue: 7 }),
    by: '',
  },
  'unique, fewer': { fn: (x) => ops.unique(x, { size: 3 }), by: '' },
  scatterUpdate: { onGpu: true, fn: (x, y, z) => ops.scatterUpdate(x, y, z), by: 'xz' },
  'scatterUpdate, add': { fn: (x, y, z) => ops.scatterUpdate(x, y, z, 'add'), by: 'xz' },
  'scatterUpdate, max': { fn: (x, y, z) => ops.scatterUpdate(x, y, z, 'max'), by: 'xz' },
  'scatterUpdate, mul': { fn: (x, y, z) => ops.scatterUpdate(x, y, z, 'mul'), by: 'xz' },
  'einsum of a diagonal': (x, y) => ops.einsum('bii,bi->b', x, y),
  'einsum of a trace': (x) => ops.einsum('ijj', x),
  'corrcoef of a row': { fn: (x) => ops.corrcoef(x), by: '' },
  correlate: (x, y) => ops.correlate(x, y),
  'correlate, same': (x, y) => ops.correlate(x, y, 'same'),
  'correlate, full': (x, y) => ops.correlate(x, y, 'full'),
  unfold: (x) => ops.unfold(x, [2, 3], { dilation: [1, 2], padding: 1, stride: [2, 1] }),
  fold: (x) => ops.fold(x, [4, 5], [2, 3], { dilation: [1, 2], padding: 1, stride: [2, 1] }),
  rearrange: (x) => ops.rearrange(x, 'b (h w) c -> c (w b) h', { h: 2 }),
  cond: (x) =>
    ops.cond(
      ops.greater(ops.sum(x), 0),
      () => ops.multiply(x, 2),
      () => ops.subtract(x, 1),
    ),
  switch: (x) =>
    ops.switch(
      ops.add(zeroOf(x), 1),
      [(a: SymbolicTensor) => ops.add(a, 1), (a: SymbolicTensor) => ops.multiply(a, 2), ops.square],
      x,
    ),
  whileLoop: (x) =>
    ops.whileLoop(
      (a: SymbolicTensor) => ops.less(ops.sum(a), 9),
      (a: SymbolicTensor, b: SymbolicTensor) => [ops.add(ops.multiply(a, 1.5), 1), ops.add(b, 1)],
      [x, zeroOf(x)],
      4,
    ),
  foriLoop: (x) =>
    ops.foriLoop(0, 4, (i, a: SymbolicTensor) => ops.add(ops.square(a), i), ops.multiply(x, 0.5)),
  scan: (x) =>
    ops.scan(
      (carry: SymbolicTensor, v: SymbolicTensor) => [ops.add(carry, v), ops.multiply(carry, v)],
      ops.zerosLike(ops.sum(x, 0)),
      x,
      { reverse: true },
    ),
  associativeScan: (x) => ops.associativeScan(ops.matmul, x),
  'associativeScan from the end': (x) => ops.associativeScan(ops.multiply, x, true, 1),
  vectorizedMap: (x, y) =>
    ops.vectorizedMap(
      ([a, b]: readonly SymbolicTensor[]) => ops.multiply(ops.sum(a as SymbolicTensor), b as SymbolicTensor),
      [x, y],
    ),
  inv: (x) => ops.inv(x),
  det: (x) => ops.det(x),
  'det of a singular matrix': { fn: (x) => ops.det(ops.multiply(x, 0)), by: '' },
  slogdet: (x) => ops.slogdet(x),
  logdet: (x) => ops.logdet(definite(x)),
  solve: (x, y) => ops.solve(x, y),
  'solve of many': (x, y) => ops.solve(x, y),
  solveTriangular: (x, y) => ops.solveTriangular(ops.add(x, ops.eye(3)), y, true),
  cholesky: { onGpu: true, fn: (x) => ops.cholesky(definite(x)), tolerance: 1e-4 },
  'cholesky, upper': (x) => ops.cholesky(definite(x), true),
  choleskyInverse: (x) => ops.choleskyInverse(ops.add(x, ops.multiply(ops.eye(3), 2))),
})
