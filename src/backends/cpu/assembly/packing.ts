// Operands of products, packed as a register tile of four rows by eight columns reads them: A in panels of four rows, [k][4], B in
// panels of eight columns, [k][8], both padded with zeros, so that a step of the sum reads 48 bytes in a row.

export const ROWS = 4
export const COLUMNS = 8

function roundUp(x: i32, to: i32): i32 {
  return ((x + to - 1) / to) * to
}

/** Floats of a packed A of `m` rows, and of a packed B of `n` columns. */
export function packedSizeA(m: i32, k: i32): i32 {
  return roundUp(m, ROWS) * k
}
export function packedSizeB(n: i32, k: i32): i32 {
  return roundUp(n, COLUMNS) * k
}

/** Packs rows of A that are contiguous, `row` bytes apart. */
export function packRows(a: usize, row: usize, m: i32, k: i32, to: usize): void {
  for (let i = 0; i < m; i += ROWS) {
    const rows = m - i
    // A row that does not exist is read as the first and counts as zero.
    const a0 = a + <usize>i * row
    const a1 = rows > 1 ? a0 + row : a0
    const a2 = rows > 2 ? a0 + 2 * row : a0
    const a3 = rows > 3 ? a0 + 3 * row : a0
    let l = 0
    if (rows >= ROWS) {
      for (; l + 4 <= k; l += 4) {
        const at = <usize>l * 4
        transpose(a0 + at, row, to, 16)
        to += 64
      }
    }
    for (; l < k; l++, to += 16) {
      const at = <usize>l * 4
      store<f32>(to, load<f32>(a0 + at))
      store<f32>(to, rows > 1 ? load<f32>(a1 + at) : 0, 4)
      store<f32>(to, rows > 2 ? load<f32>(a2 + at) : 0, 8)
      store<f32>(to, rows > 3 ? load<f32>(a3 + at) : 0, 12)
    }
  }
}

/** Stores four rows of four, `row` bytes apart, as four columns, `stride` bytes apart. */
function transpose(rows: usize, row: usize, to: usize, stride: usize): void {
  const r0 = v128.load(rows)
  const r1 = v128.load(rows + row)
  const r2 = v128.load(rows + 2 * row)
  const r3 = v128.load(rows + 3 * row)
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5)
  const b = i32x4.shuffle(r2, r3, 0, 4, 1, 5)
  const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
  const d = i32x4.shuffle(r2, r3, 2, 6, 3, 7)
  v128.store(to, i64x2.shuffle(a, b, 0, 2))
  v128.store(to + stride, i64x2.shuffle(a, b, 1, 3))
  v128.store(to + 2 * stride, i64x2.shuffle(c, d, 0, 2))
  v128.store(to + 3 * stride, i64x2.shuffle(c, d, 1, 3))
}

/** Packs one row of a transposed A, [m] contiguous floats, as term `l` of `k`. */
export function packColumn(a: usize, m: i32, k: i32, l: i32, to: usize): void {
  to += <usize>l * 16
  const panel = <usize>k * 16
  let i = 0
  for (; i + ROWS <= m; i += ROWS, to += panel) v128.store(to, v128.load(a + <usize>i * 4))
  if (i === m) return
  v128.store(to, f32x4.splat(0.0))
  for (let r = 0; i + r < m; r++) store<f32>(to + <usize>r * 4, load<f32>(a + <usize>(i + r) * 4))
}

/** Packs one row of B, [n] contiguous floats, as term `l` of `k`. */
function packRow(b: usize, n: i32, k: i32, l: i32, to: usize): void {
  to += <usize>l * 32
  const panel = <usize>k * 32
  let j = 0
  for (; j + COLUMNS <= n; j += COLUMNS, to += panel) {
    const at = b + <usize>j * 4
    v128.store(to, v128.load(at))
    v128.store(to, v128.load(at, 16), 16)
  }
  if (j === n) return
  v128.store(to, f32x4.splat(0.0))
  v128.store(to, f32x4.splat(0.0), 16)
  for (let c = 0; j + c < n; c++) store<f32>(to + <usize>c * 4, load<f32>(b + <usize>(j + c) * 4))
}

/** Packs B of rows that are `row` bytes apart. */
export function packB(b: usize, row: usize, n: i32, k: i32, to: usize): void {
  for (let l = 0; l < k; l++) packRow(b + <usize>l * row, n, k, l, to)
}

/** Packs B that is stored transposed, its columns contiguous and `column` bytes apart. */
export function packTransposedB(b: usize, column: usize, n: i32, k: i32, to: usize): void {
  for (let j = 0; j < n; j += COLUMNS, to += <usize>k * 32) {
    for (let half = 0; half < COLUMNS; half += 4) {
      const columns = n - j - half
      const b0 = b + <usize>(j + half) * column
      let at = to + <usize>half * 4
      let l = 0
      if (columns >= 4) {
        for (; l + 4 <= k; l += 4, at += 128) {
          const from_ = b0 + <usize>l * 4
          transpose(from_, column, at, 32)
        }
      }
      for (; l < k; l++, at += 32) {
        for (let c = 0; c < 4; c++) {
          const value: f32 = c < columns ? load<f32>(b0 + <usize>c * column + <usize>l * 4) : 0
          store<f32>(at + <usize>c * 4, value)
        }
      }
    }
  }
}
