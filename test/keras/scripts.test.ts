/** Texts as tutorials have them give the models that this library's own functions build: layers, calls, compile settings, fit. */
import { beforeEach, expect, test } from 'vitest'
import { compileConfigOf } from '../../src/formats/config/compileConfig.ts'
import { fromKeras } from '../../src/formats.ts'
import { clearSession } from '../../src/index.ts'
import type { LayersModel } from '../../src/models/model.ts'
import { frames } from '../support/kerasScripts/frames.ts'
import { functions } from '../support/kerasScripts/functions.ts'
import { graphs } from '../support/kerasScripts/graphs.ts'
import type { Script } from '../support/kerasScripts/script.ts'
import { sequences } from '../support/kerasScripts/sequences.ts'

beforeEach(clearSession)

/** A model as files have it. */
async function written(model: LayersModel) {
  return { config: JSON.parse(await model.toJSON()), compile: compileConfigOf(model, 'the test') }
}

test.each<Script>([...sequences, ...frames, ...graphs, ...functions])(
  '$name',
  async ({ text, values = {}, build, fit = null, data, problems = [] }) => {
    const read = fromKeras(text, { values })
    expect(read.problems.map(({ word }) => word)).toEqual(problems)
    const got = await written(read.model)
    clearSession()
    expect(got).toEqual(await written(build()))
    expect(read.fit).toEqual(fit)
    if (data) expect(read.data).toEqual(data)
  },
)
