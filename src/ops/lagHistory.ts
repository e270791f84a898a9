// The size of the history of a table whose rows lag behind (shaders/lib/lag.wgsl).

import { type Shape, sizeOf } from '../util/shape.ts'

/** Updates whose rates are kept: all rows must catch up before one has missed more. */
export const RATES = 1024

/** Words before the rates. */
export const HEAD = 2

/** Words of the history of a table. */
export const historySize = ([rows = 1]: Shape): number => HEAD + RATES + rows

/** Whether an update of a table's rows alone pays for its launches. */
export const isLarge = (table: Shape): boolean => sizeOf(table) >= 2 ** 16
