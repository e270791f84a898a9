// Dates from 1970 to 2069 in the ways in which people write them, and in ISO's.

import { makeRandom } from './random.ts'

/** Characters of the longest text: `22nd of september 2018`, and two to spare. */
export const READ = 24
/** 1970-01-01 to 2069-12-31: of two digits of a year, those below 70 are of this century. */
const DAYS = 36_525
const MILLISECONDS = 86_400_000

const months = 'january february march april may june july august september october november december'.split(
  ' ',
)
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** `1st`, `2nd`, `3rd`, `11th`. */
const ordinal = (day: number): string => {
  const ending = Math.floor(day / 10) === 1 ? undefined : ['st', 'nd', 'rd'][(day % 10) - 1]
  return `${day}${ending ?? 'th'}`
}

/** Dates drawn at random, each with its ISO form. */
export function dateSamples(count: number): { readonly text: string; readonly iso: string }[] {
  const random = makeRandom(11)
  const below = (limit: number): number => (random() >> 8) % limit
  return Array.from({ length: count }, () => {
    const time = below(DAYS) * MILLISECONDS
    const iso = new Date(time).toISOString().slice(0, 10)
    const [year = '', month = '', day = ''] = iso.split('-')
    const [d, m] = [Number(day), Number(month)]
    const name = months[m - 1] ?? ''
    const short = name.slice(0, 3)
    const weekday = weekdays[new Date(time).getUTCDay()] ?? ''
    const forms = [
      `${d} ${short} ${year}`,
      `${d} ${name} ${year}`,
      `${short} ${d}, ${year}`,
      `${name} ${d}, ${year}`,
      `${d}/${m}/${year.slice(2)}`,
      `${day}.${month}.${year}`,
      `${ordinal(d)} of ${name} ${year}`,
      `${weekday} ${d} ${short} ${year}`,
    ]
    return { text: forms[below(forms.length)] ?? iso, iso }
  })
}
