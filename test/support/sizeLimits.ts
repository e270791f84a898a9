/** What people load at most, in KB of 1024 bytes, minified and gzipped where they are files of pages. README.md has the table. */
export const SIZE_LIMITS = {
  'a page that trains LSTM + Dense, until it trains': 68.7,
  'a page that loads its model from a `.keras` file, until it trains': 99.2,
  '`dist/recurra.min.js`, all of the index in one file': 543,
  'the package, packed': 2438,
  'the package, unpacked': 8390,
} as const

/** Bytes that are the limit. */
export const bytesOf = (what: keyof typeof SIZE_LIMITS): number => SIZE_LIMITS[what] * 1024
