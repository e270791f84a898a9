// The cases that are not met, by their reasons, as docs/keras-compatibility.md has them.

import { casesOf, libraries } from './cases.ts'
import { type Exceptions, exceptions, idsOf } from './exceptions.ts'

const count = ({ cases }: Exceptions): number => idsOf(cases).length
const total = (list: readonly Exceptions[]): number => list.reduce((sum, one) => sum + count(one), 0)

function table(title: string, list: readonly Exceptions[]): string[] {
  const rows = [...list].sort((a, b) => count(b) - count(a))
  return [
    `${title}:`,
    '',
    '| checks | why | their numbers |',
    '| --- | --- | --- |',
    ...rows.map((one) => `| ${count(one)} | ${one.reason} | ${one.cases} |`),
    '',
  ]
}

/** What the recorded tests of other libraries agree with, and what not. */
export function peersSection(): string[] {
  const all = libraries.flatMap(casesOf).length
  const [disagreeing, missing] = (['disagree', 'missing'] as const).map((status) =>
    exceptions.filter((one) => one.status === status),
  ) as [Exceptions[], Exceptions[]]
  const met = all - total(exceptions)
  return [
    "## Other libraries' tests",
    '',
    `Of ${all.toLocaleString('en')} checks that tests of Keras 3.16, of TensorFlow.js's layers, of keras-js and of ONNX's nodes make, recorded as numbers`,
    `(\`test/golden/peers\`), ${met.toLocaleString('en')} hold here.`,
    '',
    ...table(`${total(disagreeing)} differ, where TensorFlow.js differs from Keras 3`, disagreeing),
    ...table(`${total(missing)} need what is refused, or what is not here`, missing),
  ]
}
