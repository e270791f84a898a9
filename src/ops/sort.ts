// The order of entries along an axis. A tensor is seen as [outer, n, inner].

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { extentOf, sizeOf } from '../util/shape.ts'
import { argsort as kernel } from './kernels.gen.ts'

/** The places of entries in ascending order, as numbers; of equal ones the first comes first, NaN last. Work is n² an axis. */
export const argsort = defineOp({
  kernel,
  dims: { x: '...S' },
  shape: ({ x }, _attrs: { readonly axis: number }) => ({ order: x }),
  params: ({ x }, { axis }) => ({
    size: sizeOf(x),
    n: extentOf(x, axis),
    inner: sizeOf(x.slice(axis + 1)),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ n }) => LOAD_FLOPS * n,
  gradient: () => ({}),
})
