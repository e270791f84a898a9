// The files of ../data.

import type { ReadText } from '../problem.ts'

// Written out one by one: the bundler follows only addresses that it can read.
const files = {
  airline_passengers: new URL('../data/airline_passengers.csv', import.meta.url),
  sunspots_monthly: new URL('../data/sunspots_monthly.csv', import.meta.url),
  co2_monthly: new URL('../data/co2_monthly.csv', import.meta.url),
}
const constitutionFile = new URL('../data/us_constitution.txt', import.meta.url)
const digitsFile = new URL('../data/digits.csv', import.meta.url)

/** A monthly series: `1949-01` and the like, and a value for each. */
export async function readMonths(
  readText: ReadText,
  name: keyof typeof files,
): Promise<{ months: string[]; values: number[] }> {
  const rows = linesOf(await readText(files[name])).slice(1)
  return {
    months: rows.map((row) => row.split(',')[0] ?? ''),
    values: rows.map((row) => Number(row.split(',')[1])),
  }
}

export interface Digit {
  /** 64 shades from 0 to 1, row by row. */
  readonly pixels: readonly number[]
  /** 0 to 9. */
  readonly label: number
}

/** 1,797 handwritten digits. */
export async function readDigits(readText: ReadText): Promise<Digit[]> {
  return linesOf(await readText(digitsFile)).map((row) => {
    const numbers = row.split(',').map(Number)
    return { pixels: numbers.slice(0, 64).map((shade) => shade / 16), label: numbers[64] ?? Number.NaN }
  })
}

/** A text of 45,000 characters, a line for each paragraph. */
export async function readConstitution(readText: ReadText): Promise<string> {
  const text = (await readText(constitutionFile)).replaceAll('\r', '').trim()
  return text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
    .join('\n')
}

const linesOf = (text: string): string[] => text.trim().split(/\r?\n/)
