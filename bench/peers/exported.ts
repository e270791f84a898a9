// Models as ONNX files, run by ONNX Runtime: their predictions beside those of Recurra's CPU backend. Ends with an error where one
// differs, or where a model is refused that is not known to be. Arguments are words of names of models; without any it takes all.

import { argv, exit } from 'node:process'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { setBackend, type Tensor } from 'recurra/node'
import { toONNX } from '../../src/formats/onnx/toONNX.ts'
import type { ExportedModel } from './exportedModel.ts'
import { exportedModels } from './exportedModels.ts'

/** Of the largest value of an output. */
const TOLERANCE = 1e-5

/** Calls of each model, from one of which states go on to the next. */
const CALLS = 2

/** Models that cannot be exported, with words of the reason. */
const REFUSED: readonly (readonly [name: RegExp, reason: RegExp])[] = [
  [/^layer (StringLookup|TextVectorization|Hashing|IntegerLookup)$/, /known input shape/],
  [/^ops\.ctcLoss$/, /operations of ops that ONNX can express/],
]

/** The largest difference of two arrays, as a share of the largest value. */
function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let [most, scale] = [0, 1e-6]
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i] as number, b[i] as number]
    if (Object.is(p, q)) continue
    if (!Number.isFinite(p - q)) return Number.POSITIVE_INFINITY
    most = Math.max(most, Math.abs(p - q))
    scale = Math.max(scale, Math.abs(q))
  }
  return most / scale
}

/** A model's inputs as ONNX Runtime takes them; states start from zeros. */
const feedsOf = ({ inputNames, inputMetadata }: InferenceSession, x: readonly Tensor[]) =>
  Object.fromEntries(
    inputNames.map((name, i) => {
      const metadata = inputMetadata[i]
      if (!metadata?.isTensor) throw new Error(`${name} is no tensor`)
      const given = x[i]
      const shape = given?.shape ?? metadata.shape.map(Number)
      const data = given?.data ?? new Float32Array(shape.reduce((a, b) => a * b, 1))
      return [
        name,
        metadata.type === 'int32'
          ? new OrtTensor('int32', Int32Array.from(data), shape)
          : new OrtTensor('float32', data, shape),
      ]
    }),
  )

async function compare({ make, x }: ExportedModel): Promise<number> {
  const model = await make()
  try {
    const file = await toONNX(model)
    const [first] = x
    if (!first) throw new Error('no data for a model that is not refused')
    const session = await InferenceSession.create(file, { executionProviders: ['cpu'], logSeverityLevel: 3 })
    let feeds = feedsOf(session, x)
    const differences: number[] = []
    for (let call = 0; call < CALLS; call++) {
      const predicted = [
        await model.predict(x.length === 1 ? first : x, { batchSize: first.shape[0] ?? 1 }),
      ].flat()
      const results = await session.run(feeds)
      predicted.forEach(({ data, shape }, i) => {
        const result = results[session.outputNames[i] ?? '']
        if (!result || `${result.dims}` !== `${shape}`)
          throw new Error(`shape [${result?.dims}] for [${shape}]`)
        differences.push(differenceOf(result.data as Float32Array, data))
      })
      const next = session.inputNames.map((name, i) => [
        name,
        i < x.length ? feeds[name] : results[`${name}/next`],
      ])
      feeds = Object.fromEntries(next)
    }
    await session.release()
    return Math.max(...differences)
  } finally {
    model.dispose()
  }
}

/** What is wrong with a model; empty if nothing is. */
async function faultOf(model: ExportedModel): Promise<string> {
  const reason = REFUSED.find(([name]) => name.test(model.name))?.[1]
  try {
    const difference = await compare(model)
    if (reason) return 'is not refused'
    return difference <= TOLERANCE ? '' : `differs by ${difference.toExponential(2)}`
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return reason?.test(message) ? '' : message
  }
}

await setBackend('cpu')
console.warn = () => undefined
const wanted = argv.slice(2)
let [agreed, failed] = [0, 0]
for (const model of exportedModels()) {
  if (wanted.length > 0 && !wanted.some((word) => model.name.includes(word))) continue
  const fault = await faultOf(model)
  if (fault === '') agreed++
  else {
    failed++
    console.log(`${model.name}: ${fault}`)
  }
}
console.log(
  `${agreed} models agree to ${TOLERANCE}, or are refused as they are known to be; ${failed} do not.`,
)
exit(failed > 0 ? 1 : 0)
